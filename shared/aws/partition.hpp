// The partitions of AWS: accounts, roles and regions of one know nothing of another's, and the names of its endpoints end
// in a suffix of its own. A region is known by the pattern of its name, so that a new one needs no release.
// Source: the AWS SDKs' partitions.json (aws/aws-sdk-js-v3, packages/util-endpoints/src/lib/aws/partitions.json): `id`,
// `regionRegex` and `dnsSuffix`. STS, ECS and SQS have the SDK's default template, SERVICE.REGION.SUFFIX, in each of them.
#pragma once

#include <string>
#include <string_view>

namespace sallyport::aws {

struct partition {
  /// As ARNs have it: "aws-cn".
  std::string_view name;
  std::string_view dns_suffix;
  /// What its regions begin with, in front of "-<word>-<number>"; several are parted by a space.
  std::string_view prefixes;
};

/// Nothing: no partition has regions of such a name. Points into a table.
const partition* partition_of_region(std::string_view region);
/// By its name, as in an ARN.
const partition* find_partition(std::string_view name);

/// The regional endpoint, "sts.us-east-1.amazonaws.com"; empty for a region of no partition.
std::string endpoint_of(std::string_view service, std::string_view region);

}  // namespace sallyport::aws
