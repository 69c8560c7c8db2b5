import { Agent, request } from 'undici';

/**
 * Requests of tests are alone on their connections. One that was kept may be closed by the other side in the moment in
 * which it is used again, or by a product that was restarted on its port, and nobody knows then whether the request
 * was done. So none is kept and nothing is ever sent twice: a socket that closes is a fault of the product.
 */
const alone = new Agent({ pipelining: 0 });

/** `request` of undici: the headers are ours, the body is a stream, nothing is followed. */
export const requestAlone: typeof request = (address, options) => request(address, { ...options, dispatcher: alone });

/** `fetch`. */
export const fetchAlone: typeof fetch = (address, init = {}) => {
  const headers = new Headers(init.headers ?? (address instanceof Request ? address.headers : {}));
  headers.set('Connection', 'close');
  return fetch(address, { ...init, headers });
};
