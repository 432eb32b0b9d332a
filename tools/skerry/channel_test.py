import pytest

from skerry import channel, places
from skerry.channel import Kind


def test_the_sample_is_what_the_other_side_reads():
    file = places.ROOT / "protocols/command_channel.sample"
    assert file.read_bytes() == channel.sample()


def test_noise_before_the_hello_is_skipped():
    decoder = channel.Decoder()
    hello = channel.frame(Kind.HELLO, channel.MAGIC)
    line = b"SeaBIOS\r\n\x81\x08" + hello + channel.frame(Kind.OUTPUT, b"x")
    frames = [item for byte in line for item in decoder.feed(bytes([byte]))]
    assert frames == [(Kind.HELLO, channel.MAGIC), (Kind.OUTPUT, b"x")]


def test_what_is_no_frame_breaks_the_channel():
    decoder = channel.Decoder()
    list(decoder.feed(channel.frame(Kind.HELLO, channel.MAGIC)))
    with pytest.raises(channel.ChannelBroken):
        list(decoder.feed(b"\x99\0\0"))


@pytest.mark.parametrize("sent", [0, 1, 2, 3, 50, 4098])
def test_a_guest_that_begins_anew_is_noticed_whatever_it_left_half_sent(sent):
    decoder = channel.Decoder()
    hello = channel.frame(Kind.HELLO, channel.MAGIC)
    list(decoder.feed(hello))
    left = channel.frame(Kind.OUTPUT, b"x" * 4096)[:sent]
    with pytest.raises(channel.BegunAnew):
        list(decoder.feed(left + bytes(3 + 4096) + hello))


def test_a_long_record_goes_in_pieces():
    decoder = channel.Decoder()
    list(decoder.feed(channel.frame(Kind.HELLO, channel.MAGIC)))
    record = bytes(range(256)) * 40
    frames = list(decoder.feed(channel.start(record)))
    assert b"".join(payload for _, payload in frames) == record
    assert [kind for kind, _ in frames] == [Kind.START_RECORD] * 3 + [Kind.START]
