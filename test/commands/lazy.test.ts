import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lazyEvidence } from '../../src/commands/lazy.ts';
import { inTemporary, snapshotOf } from '../journal/helpers.ts';

test('evidence that was read when the run began is handed out once, and after that read from its file', () =>
  inTemporary(async (cwd) => {
    const known = snapshotOf('primary');
    const target = { url: 'http://127.0.0.1:9', realm: 'primary', authRealm: 'master', clientId: 'admin-cli', username: 'admin', password: 'admin', readOnly: true, userAgent: 'test' };
    const spec = `snapshot:${join(cwd, 'gone.json')}`;
    const evidence = lazyEvidence(cwd, target, new Map([[spec, known]]));
    expect(await evidence.read(spec, 'primary')).toBe(known);
    await expect(evidence.read(spec, 'primary')).rejects.toMatchObject({ code: 'evidence-unreadable' });
  }));
