import { Agent, request } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { startProduct } from '../support/product.ts';

/** One request over a kept connection; the code of the error where the connection broke. */
function get(address: string, agent: Agent, host: string): Promise<number | string> {
  return new Promise((resolve) => {
    const asked = request(address, { agent, headers: { host } }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode ?? 0));
      answer.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'broken'));
    });
    asked.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'broken'));
    asked.end();
  });
}

describe('a process that is told to stop', () => {
  it('fails no request that it took, over connections that are kept as well', async () => {
    const product = await startProduct();
    const outcomes: (number | string)[] = [];
    let refused = false;
    const clients = Array.from({ length: 8 }, async (_, index) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const address = `${product.address}${index % 2 === 0 ? '/login' : '/auth?client_id=nobody'}`;
      while (!refused) {
        const outcome = await get(address, agent, new URL(product.issuer).host);
        refused ||= outcome === 'ECONNREFUSED';
        outcomes.push(outcome);
      }
      agent.destroy();
    });
    await eventually('twenty answers', () => outcomes.length > 20);
    await Promise.all([product.stop(), ...clients]);
    await product.remove();
    // Nobody listens any more: a balancer that saw readiness off sends nobody here.
    expect(outcomes.filter((outcome) => typeof outcome === 'string' && outcome !== 'ECONNREFUSED')).toEqual([]);
    expect(outcomes.filter((outcome) => typeof outcome === 'number' && outcome >= 500)).toEqual([]);
  });
});
