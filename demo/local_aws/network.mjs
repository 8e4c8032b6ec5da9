// What DescribeTasks says about a task's network. In mode `awsvpc` each task has an interface of its own, whose address is told
// once it is attached; in `bridge` and `host` there is none, only the machine's. An interface of an IPv6-only subnet has no
// private IPv4 address.

/** @typedef {'PRECREATED' | 'ATTACHED' | 'DELETED'} InterfaceStatus */
/** @typedef {{address: string, id: string, network: string, interface_status: InterfaceStatus}} Networked */

/** @param {string} network */
export const has_interface = (network) => network.startsWith('awsvpc');

/** An address for IPv6-only tasks that stands for the IPv4 one. @param {string} address */
const ipv6_of = (address) => `2001:db8::${address.replaceAll('.', ':')}`;

/** @param {Networked} task */
export function attachments_of({ address, id, network, interface_status }) {
  if (!has_interface(network)) return [];
  const own = network === 'awsvpc-ipv6' ? { name: 'ipv6Address', value: ipv6_of(address) } : { name: 'privateIPv4Address', value: address };
  const details = [
    { name: 'subnetId', value: 'subnet-0123456789abcdef0' },
    { name: 'networkInterfaceId', value: `eni-${id.slice(0, 17)}` },
    { name: 'macAddress', value: '0a:00:00:00:00:01' },
    own,
  ];
  const told = interface_status === 'PRECREATED' ? details.slice(0, 1) : details;
  return [{ id: `${id}-eni`, type: 'ElasticNetworkInterface', status: interface_status, details: told }];
}

/** Per container, as ECS repeats it there. @param {Networked} task */
export function container_network({ address, id, network, interface_status }) {
  if (network === 'bridge') return { networkBindings: [{ bindIP: '0.0.0.0', containerPort: 80, hostPort: 32768, protocol: 'tcp' }] };
  if (!has_interface(network) || interface_status !== 'ATTACHED') return {};
  const own = network === 'awsvpc-ipv6' ? { ipv6Address: ipv6_of(address) } : { privateIpv4Address: address };
  return { networkInterfaces: [{ attachmentId: `${id}-eni`, ...own }] };
}
