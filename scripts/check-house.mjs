// The import rules of the house, checked: data walks one way, and the heart touches nothing.
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What each folder below src may import: other folders and packages. A folder that is not named here is a finding. */
const MAY = {
  realm: ['realm', 'node:crypto'],
  runbook: ['runbook', 'realm'],
  runner: ['runner', 'runbook', 'realm', 'transcript'],
  journal: ['journal', 'realm', 'runbook', 'runner/ports.ts', 'node:crypto', 'node:fs', 'node:os', 'node:path', 'conf'],
  transcript: ['transcript', 'realm', 'runbook', 'ui/text.ts', 'journal/chain.ts', 'node:crypto'],
  keycloak: ['keycloak', 'realm', 'runner/ports.ts', 'runbook/model.ts', 'ui/text.ts', 'undici', 'jose', 'node:crypto', 'node:fs', 'node:tls', 'node:url', 'node:timers/promises', 'node:buffer'],
  evidence: ['evidence', 'realm', 'runner/ports.ts', 'runbook/model.ts', 'gitops', 'journal/snapshots.ts', 'yaml', 'jsonc-parser', 'node:*'],
  gitops: ['gitops', 'realm', 'transcript/escape.ts', 'runner/ports.ts', 'runbook/model.ts', 'runbook/cluster.ts', 'journal/files.ts', 'yaml', 'jsonc-parser', 'diff', 'node:*'],
  kubernetes: ['kubernetes', 'gitops', 'evidence', 'realm', 'runner/ports.ts', 'runner/cluster.ts', 'runbook/model.ts', 'runbook/cluster.ts', 'keycloak/address.ts', 'keycloak/failures.ts', 'keycloak/text.ts', '@kubernetes/client-node', 'undici', 'yaml', 'node:*'],
  guard: ['guard', 'gitops', 'realm', 'runbook', 'node:*'],
  sandbox: ['sandbox', 'realm', 'undici', 'jose', 'yaml', 'node:*'],
  ui: ['ui', 'realm', 'runbook', 'runner/handle.ts', 'runner/ports.ts', 'version.ts', 'ink', 'ink-select-input', 'react', 'node:process', 'node:util'],
  plain: ['plain', 'ui', 'realm', 'runbook', 'runner/handle.ts', 'runner/ports.ts', 'node:readline', 'node:readline/promises', 'node:stream'],
  commands: ['*'],
  'cli.ts': ['commands/help.ts', 'commands/options.ts', 'commands/table.ts', 'realm/errors.ts', 'realm/json.ts', 'realm/redact.ts', 'ui/color.ts', 'ui/text.ts', 'version.ts', 'node:util'],
  'version.ts': [],
};

const findings = [];
for (const { path, text } of ['src', 'test', 'scripts'].flatMap(sources)) {
  const lines = text.split('\n').length - 1;
  if (lines > 300) findings.push(`${path}: ${lines} lines; the limit is 300`);
}
for (const { file, text } of sources('src')) {
  const folder = file.split('/')[0];
  const may = MAY[folder];
  if (!may) findings.push(`src/${file}: no rule for this folder in scripts/check-house.mjs`);
  for (const [, from] of text.matchAll(/(?:^(?:import|export)\b[^'\n]*?from|\} from|import\()\s*'([^'\n]+)'/gm)) {
    const target = from.startsWith('.') ? posix.normalize(posix.join(dirname(file), from)) : from;
    if (may && !allowed(may, target)) findings.push(`src/${file} imports ${target}; ${folder} may import ${may.join(', ') || 'nothing'}`);
  }
}
for (const finding of findings) console.error(finding);
if (findings.length > 0) process.exit(1);

/** `file` is below the folder, `path` below the checkout. */
function sources(folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:tsx?|mjs)$/.test(entry.name))
    .map((entry) => posix.join(relative(join(root, folder), entry.parentPath), entry.name))
    .map((file) => ({ file, path: `${folder}/${file}`, text: readFileSync(join(root, folder, file), 'utf8') }));
}

function allowed(may, target) {
  return may.some((rule) => rule === '*' || target === rule || target.startsWith(`${rule}/`) || (rule.endsWith('*') && target.startsWith(rule.slice(0, -1))));
}
