#include "cel/program.hpp"

#include "cel/checker.hpp"
#include "cel/parser.hpp"
#include "cel/program_data.hpp"

namespace sallyport::cel {
namespace {

failure refusal(std::string_view source, const diagnosis& found, problem* why) {
  const auto at = position_in(source, found.offset);
  if (why != nullptr) *why = problem{at, found.message, found.advice};
  std::string detail =
      "line " + std::to_string(at.line) + ", column " + std::to_string(at.column) + ": " + found.message;
  if (!found.advice.empty()) detail += " (" + found.advice + ")";
  return {found.why, std::move(detail)};
}

std::optional<diagnosis> build(program_data& data, const environment& names, const compile_options& options) {
  if (auto found = parser(data.source, options.limits, data.literals, data.tree).parse()) return found;
  checked known;
  if (auto found = checker(data.source, data.tree, names, options, data.literals, data.patterns).run(known))
    return found;
  data.types = std::move(known.types);
  data.local_count = known.local_count;
  data.accessed = find_accessed(data.tree, data.types, names);
  data.cost = estimate_cost(data.tree);
  if (data.cost <= options.limits.max_cost) return std::nullopt;
  return diagnosis{reason::cel_cost, 0, "the expression may take " + std::to_string(data.cost) + " steps",
                   "the limit is " + std::to_string(options.limits.max_cost) + ": avoid macros within macros"};
}

}  // namespace

encoding::text_position position_in(std::string_view source, std::uint32_t offset) {
  encoding::text_position at;
  for (std::size_t i = 0; i < offset && i < source.size(); ++i) {
    const bool line_feed = source[i] == '\n';
    at.line += line_feed ? 1 : 0;
    at.column = line_feed ? 1 : at.column + 1;
  }
  return at;
}

program::program(std::unique_ptr<const program_data> data) : data_(std::move(data)) {}
program::program(program&&) noexcept = default;
program& program::operator=(program&&) noexcept = default;
program::~program() = default;

std::string_view program::source() const {
  return data_->source;
}
const type& program::result_type() const {
  return data_->types[data_->tree.root];
}
std::uint64_t program::cost() const {
  return data_->cost;
}
const std::vector<access_path>& program::accessed() const {
  return data_->accessed;
}

result<program> compile(std::string_view source, const environment& names, const compile_options& options,
                        problem* why) {
  auto data = std::make_unique<program_data>();
  data->source = source;
  if (const auto found = build(*data, names, options)) return refusal(source, *found, why);
  return program(std::move(data));
}

}  // namespace sallyport::cel
