// What any Worker in front of an origin costs: takes the request, sends it on, gives the answer back. Checks nothing.
export default {
  /** @param {Request} request @param {{ORIGIN: string}} environment */
  fetch(request, environment) {
    const url = new URL(request.url);
    return fetch(environment.ORIGIN + url.pathname + url.search, request);
  },
};
