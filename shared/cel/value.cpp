#include "cel/value.hpp"

#include "cel/arena.hpp"

namespace sallyport::cel {

std::optional<std::span<const map_entry>> entries_of(const value& map, arena& memory) {
  if (map.is(kind::map)) return map.as_map();
  if (map.is(kind::object) && map.as_object().is_map()) return map.as_object().entries(memory);
  return std::nullopt;
}

std::string_view type_name(const value& of) {
  switch (of.kind()) {
    case kind::null: return "null_type";
    case kind::boolean: return "bool";
    case kind::integer: return "int";
    case kind::unsigned_integer: return "uint";
    case kind::real: return "double";
    case kind::string: return "string";
    case kind::bytes: return "bytes";
    case kind::list: return "list";
    case kind::map: return "map";
    case kind::timestamp: return "google.protobuf.Timestamp";
    case kind::duration: return "google.protobuf.Duration";
    case kind::type: return "type";
    case kind::object: return of.as_object().is_map() ? "map" : of.as_object().type_name();
    case kind::optional: return "optional_type";
    case kind::ip: return "net.IP";
    case kind::cidr: return "net.CIDR";
    case kind::error: return "error";
  }
  return "error";
}

}  // namespace sallyport::cel
