#include "sim/api/api_reader.hpp"

#include "sim/serving/service_reader.hpp"

namespace sim {

ManagedApiConfig read_managed_api(const core::Section& option, const core::traffic::TextLoader& load_text) {
  return {.latency = read_paced(option.section("latency"), load_text), .timeout = read_timeout(option)};
}

}  // namespace sim
