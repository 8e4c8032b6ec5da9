#include "policy/load/loading.hpp"

namespace sallyport::policy {

labels load_labels(const node& at) {
  labels all;
  for (const auto& [name, below] : at.members()) {
    if (auto text = below.text()) all.push_back({name, std::move(*text)});
  }
  return all;
}

}  // namespace sallyport::policy
