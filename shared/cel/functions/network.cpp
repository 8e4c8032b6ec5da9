// The network extension: ip() and cidr().
#include "cel/function.hpp"
#include "cel/network_text.hpp"

namespace sallyport::cel {
namespace {

constexpr std::string_view no_ip = "not an IP address (zones and dotted IPv4 inside IPv6 are refused)";
constexpr std::string_view no_cidr = "not an address range such as '10.0.0.0/8'";

value made(call& context, kind which, const std::optional<network>& parsed, std::string_view problem) {
  if (!parsed) return context.fail(problem);
  return value::of_network(which, context.memory.make<network>(*parsed));
}

value ip(call& context, const value* a) {
  return made(context, kind::ip, parse_ip(a[0].as_string()), no_ip);
}
value cidr(call& context, const value* a) {
  return made(context, kind::cidr, parse_cidr(a[0].as_string()), no_cidr);
}
value itself(call&, const value* a) {
  return a[0];
}
value is_ip(call&, const value* a) {
  return value::boolean(parse_ip(a[0].as_string()).has_value());
}
value is_cidr(call&, const value* a) {
  return value::boolean(parse_cidr(a[0].as_string()).has_value());
}

value is_canonical(call& context, const value* a) {
  const auto address = parse_ip(a[0].as_string());
  if (!address) return context.fail(no_ip);
  return value::boolean(format_ip(*address) == a[0].as_string());
}

value string_of_ip(call& context, const value* a) {
  return context.text(format_ip(a[0].as_network()));
}
value string_of_cidr(call& context, const value* a) {
  return context.text(format_cidr(a[0].as_network()));
}
value family(call&, const value* a) {
  return value::integer(a[0].as_network().size == 4 ? 4 : 6);
}

bool within(const network& address, std::string_view range) {
  return contains(*parse_cidr(range), address);
}

bool is_unspecified(const network& n) {
  return within(n, "0.0.0.0/32") || within(n, "::/128");
}
bool is_loopback(const network& n) {
  return within(n, "127.0.0.0/8") || within(n, "::1/128");
}
bool is_link_local(const network& n) {
  return within(n, "169.254.0.0/16") || within(n, "fe80::/10");
}
bool is_link_local_multicast(const network& n) {
  return within(n, "224.0.0.0/24") || within(n, "ff02::/16");
}
bool is_multicast(const network& n) {
  return within(n, "224.0.0.0/4") || within(n, "ff00::/8");
}
bool is_global(const network& n) {
  return !is_unspecified(n) && !is_loopback(n) && !is_multicast(n) && !is_link_local(n) &&
         !within(n, "255.255.255.255/32");
}

template <bool (*Question)(const network&)>
value is(call&, const value* a) {
  return value::boolean(Question(a[0].as_network()));
}

value holds(call&, const value* a) {
  return value::boolean(contains(a[0].as_network(), a[1].as_network()));
}

value holds_ip_text(call& context, const value* a) {
  const auto address = parse_ip(a[1].as_string());
  return address ? value::boolean(contains(a[0].as_network(), *address)) : context.fail(no_ip);
}

value holds_cidr_text(call& context, const value* a) {
  const auto range = parse_cidr(a[1].as_string());
  return range ? value::boolean(contains(a[0].as_network(), *range)) : context.fail(no_cidr);
}

value address_of(call& context, const value* a) {
  network address = a[0].as_network();
  address.prefix = address.size == 4 ? 32 : 128;
  return made(context, kind::ip, address, no_ip);
}

value masked_range(call& context, const value* a) {
  return made(context, kind::cidr, masked(a[0].as_network()), no_cidr);
}

value prefix_length(call&, const value* a) {
  return value::integer(a[0].as_network().prefix);
}

constexpr auto function = call_style::function;
constexpr auto method = call_style::method;

constexpr std::array table = {
    overload{function, "ip", "string", "net.IP", ip},
    overload{function, "ip", "net.IP", "net.IP", itself},
    overload{function, "cidr", "string", "net.CIDR", cidr},
    overload{function, "cidr", "net.CIDR", "net.CIDR", itself},
    overload{function, "isIP", "string", "bool", is_ip},
    overload{function, "isCIDR", "string", "bool", is_cidr},
    overload{function, "ip.isCanonical", "string", "bool", is_canonical},
    overload{function, "string", "net.IP", "string", string_of_ip},
    overload{function, "string", "net.CIDR", "string", string_of_cidr},
    overload{method, "family", "net.IP", "int", family},
    overload{method, "isUnspecified", "net.IP", "bool", is<is_unspecified>},
    overload{method, "isLoopback", "net.IP", "bool", is<is_loopback>},
    overload{method, "isGlobalUnicast", "net.IP", "bool", is<is_global>},
    overload{method, "isLinkLocalUnicast", "net.IP", "bool", is<is_link_local>},
    overload{method, "isLinkLocalMulticast", "net.IP", "bool", is<is_link_local_multicast>},
    overload{method, "containsIP", "net.CIDR, net.IP", "bool", holds},
    overload{method, "containsIP", "net.CIDR, string", "bool", holds_ip_text},
    overload{method, "containsCIDR", "net.CIDR, net.CIDR", "bool", holds},
    overload{method, "containsCIDR", "net.CIDR, string", "bool", holds_cidr_text},
    overload{method, "ip", "net.CIDR", "net.IP", address_of},
    overload{method, "masked", "net.CIDR", "net.CIDR", masked_range},
    overload{method, "prefixLength", "net.CIDR", "int", prefix_length},
};

}  // namespace

std::span<const overload> network_table() {
  return table;
}

}  // namespace sallyport::cel
