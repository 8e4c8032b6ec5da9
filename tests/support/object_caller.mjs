// A Worker beside the gate, in tests only: calls the methods of its Durable Objects as the gate does, and answers what they
// answered. POST {binding, name, method, args}.
export default {
  /** @param {Request} request @param {Record<string, any>} environment */
  async fetch(request, environment) {
    const { binding, name, method, args } = await request.json();
    const namespace = environment[binding];
    try {
      const answer = await namespace.get(namespace.idFromName(name))[method](...args);
      return Response.json({ answer });
    } catch (error) {
      return Response.json({ error: String(error) }, { status: 500 });
    }
  },
};
