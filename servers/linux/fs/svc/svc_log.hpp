#pragma once
// /svc/NAME/log: a window on the service's log ring. Position 0 of an open file is the oldest byte
// at the time it was opened; what is lost meanwhile is skipped, and the end moves on as the service
// prints.

#include <servers/linux/fs/svc/svc_service.hpp>

namespace personality {

class SvcLog final : public GeneratedNode {
public:
    SvcLog(SvcVolume& of, std::uint32_t row)
        : GeneratedNode(of, service_inode(row, 2), FileType::regular, 0444), row_(row) {}
    Attributes attributes() const override;
    Result<Ref<File>> open(OpenRequest const& request) override;
    protocols::LogReader reader() const {
        return static_cast<SvcVolume&>(volume).link.client().log(row_);
    }

private:
    std::uint32_t const row_;
};

} // namespace personality
