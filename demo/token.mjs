// See scripts/demo-token.
import { log_in, machine_token, people } from './provider.mjs';
import { running_provider } from './running.mjs';

const [who = '', port] = process.argv.slice(2);
if (who !== 'machine' && !Object.hasOwn(people, who)) {
  console.error('usage: scripts/demo-token alice|bob|machine [PORT]');
  process.exit(2);
}
const provider = running_provider(port);
if (!provider) {
  console.error(
    `demo-token: no demo is running${port === undefined ? '' : ` with its provider at port ${port}`}; start one with scripts/demo`,
  );
  process.exit(1);
}
try {
  console.log(await (who === 'machine' ? machine_token(provider) : log_in(provider, who)));
} catch (problem) {
  console.error(`demo-token: the provider at ${provider.issuer} does not answer as it should: ${problem}`);
  process.exit(1);
}
