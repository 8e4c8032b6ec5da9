// The packed size of a session: STS turns session policy and session tags into a binary form of its own, whose limit may be
// met far below those of the plain text. How it packs is not published. This errs on the strict side, by what others met:
// * tags: 74 % for the six of EKS Pod Identity (aws/containers-roadmap#2413), 142 % together with seven of GitHub
//   (aws-actions/configure-aws-credentials#1803): about 375 characters of names and values fill it;
// * policies: 157 % for 1,690 characters with 42 actions, 118 % for 31 actions, reported with the words below: about 1,060.
import { AwsError } from './errors.mjs';

/** How much of the space is used, in percent; more than 100 is refused. @param {import('./settings.mjs').Settings['packed']} limits
 * @param {string} policy @param {Record<string, string>} tags */
export function check_packed_size(limits, policy, tags) {
  if (limits === null) return 0;
  const of_tags = Object.entries(tags).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  const percent = Math.ceil((100 * of_tags) / limits.tags + (100 * policy.length) / limits.policy);
  if (percent <= 100) return percent;
  const words =
    of_tags > 0
      ? `Packed size of session tags consumes ${percent}% of allotted space.`
      : `Packed policy consumes ${percent}% of allotted space, please use smaller policy.`;
  throw new AwsError(400, 'PackedPolicyTooLarge', words);
}
