import { assignments } from '../settings/environment-settings.ts';
import { commandSettings } from '../settings/command-settings.ts';
import { MENTIONS } from '../settings/mentions.ts';
import type { Recogniser } from './artefact.ts';

/** Start scripts, Dockerfiles, make files and .env files. */
export const script: Recogniser = {
  name: 'settings in scripts',
  recognise(file) {
    if (!/\.(?:sh|bash|env|mk)$|(?:^|[/])(?:Dockerfile|Containerfile|Makefile|entrypoint|\.env)[^/]*$/i.test(file.path) || !MENTIONS.test(file.text)) return null;
    const bare = file.text.replace(/^([ \t]*)#.*$/gm, (line: string) => ' '.repeat(line.length));
    const settings = [...assignments(bare), ...commandSettings(bare, /\bKC_OVERRIDE=["']?false/.test(bare))];
    return settings.length === 0 ? null : { artefact: 'other', realms: [], settings, refusal: null };
  },
};
