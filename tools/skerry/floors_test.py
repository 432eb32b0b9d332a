from skerry import floors


def test_a_lower_floor_and_the_own_room_are_allowed():
    assert floors.allowed("kernel/cap/pool.cpp", "abi/calls.hpp")
    assert floors.allowed("servers/linux/fork.cpp", "servers/linux/process.hpp")
    assert floors.allowed("drivers/uart/main.cpp", "runtime/device/ports.hpp")


def test_neighbours_and_upper_floors_are_not():
    assert not floors.allowed("abi/calls.hpp", "base/result.hpp")
    assert not floors.allowed("formats/elf.hpp", "protocols/console.hpp")
    assert not floors.allowed("runtime/start.cpp", "kernel/cap/pool.hpp")
    assert not floors.allowed("servers/linux/fork.cpp", "servers/console/line.hpp")
    assert not floors.allowed("servers/fs/ext4/main.cpp", "servers/fs/fat/table.hpp")


def test_only_tests_look_into_the_kernel():
    assert not floors.allowed("servers/linux/fork.cpp", "kernel/cap/pool.hpp")
    assert floors.allowed("tests/model/model.cpp", "kernel/cap/pool.hpp")


def test_the_tree_keeps_the_order():
    assert floors.offences() == []
