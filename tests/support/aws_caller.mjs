// A Worker, in tests only, that makes calls of AWS with the gate's own module and answers what came of them. POST
// {action, parameters, who, tries}; without action the credentials themselves.
import { Aws } from '../../worker-shim/aws/aws.js';
import { endpoints_of } from '../../worker-shim/aws/exchange.js';
import { started_core } from '../../worker-shim/core/start.js';

/** @type {Aws | undefined} */
let aws;

export default {
  /** @param {Request} request @param {any} environment */
  async fetch(request, environment) {
    const { core, problem } = await started_core(environment);
    if (problem !== undefined) return Response.json({ problem }, { status: 500 });
    aws ??= new Aws(core, { endpoints: endpoints_of(environment.SALLYPORT_AWS_ENDPOINT) });
    const { action, parameters, who, tries } = await request.json();
    return Response.json(action === undefined ? await aws.credentials(who, tries) : await aws.call(action, parameters, who, tries));
  },
};
