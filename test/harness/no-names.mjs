// Loaded with --import: from the moment at which the file REALM_RESCUE_TEST_NO_NAMES exists, no host name is resolved any more.
import dns from 'node:dns';
import { existsSync } from 'node:fs';

const { lookup } = dns;
dns.lookup = (hostname, options, callback) => {
  if (!existsSync(process.env.REALM_RESCUE_TEST_NO_NAMES)) return lookup(hostname, options, callback);
  const failed = Object.assign(new Error(`getaddrinfo EAI_AGAIN ${hostname}`), { code: 'EAI_AGAIN', syscall: 'getaddrinfo', hostname });
  process.nextTick(() => (typeof options === 'function' ? options : callback)(failed));
};
