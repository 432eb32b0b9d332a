#pragma once
// The devices that are driven, one a file.

namespace devices {

void drive_edu();
void drive_virtio();

} // namespace devices
