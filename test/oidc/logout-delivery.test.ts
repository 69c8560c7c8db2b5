import { describe, expect, it } from '@jest/globals';
import { createOutboundPost, OutboundFailed } from '../../adapters/outbound/post.ts';
import { failureReason } from '../../src/oidc/logout-delivery.ts';
import { freePort } from '../support/free-port.ts';

/** What an operator reads of a logout token that did not arrive. */
describe('the reason why a logout token could not be delivered', () => {
  const reasonOf = async (loopback: boolean): Promise<string> => {
    const post = createOutboundPost({ allow: { loopback, origins: [] } });
    return post(`http://localhost:${await freePort()}/`, {}).then(String, failureReason);
  };

  it('is told by the codes of the errors, outermost first', async () => {
    expect(await reasonOf(true)).toBe('connection: ECONNREFUSED');
    expect(await reasonOf(false)).toBe('refused');
  });

  it('is the kind of an error that has no code, and never what it says', () => {
    expect(failureReason(new TypeError('10.0.0.5 said no'))).toBe('TypeError');
    expect(failureReason(new OutboundFailed('timeout', { cause: new Error('10.0.0.5') }))).toBe('timeout');
    expect(failureReason('no')).toBe('unreachable');
  });
});
