// Tries to take a lock, says whether it did, and keeps it until its input ends.
import { writeSync } from 'node:fs';
import { acquireLock } from '../../src/journal/lock.ts';
import { RescueError } from '../../src/realm/errors.ts';

const [directory = ''] = process.argv.slice(2);
try {
  acquireLock({ directory, url: 'https://keycloak.example.com', realm: 'primary', session: String(process.pid), now: Date.now });
  writeSync(1, 'mine\n');
} catch (error) {
  writeSync(1, `${error instanceof RescueError ? error.code : String(error)}\n`);
}
process.stdin.resume();
