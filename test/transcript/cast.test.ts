import xterm from '@xterm/headless';
import { describe, expect, it } from 'vitest';
import { transcriptCast } from '../../src/transcript/cast.ts';
import { readCast, screenAt } from '../../src/transcript/screen.ts';
import { fullJournal, fullRun, resumedJournal, stoppedJournal } from './fixtures.ts';
import { journalOf, type Timed } from './build.ts';
import { expectHarmless } from '../harness/harmless.ts';
import { displayWidth } from '../../src/ui/text.ts';
import { HOSTILE, hostileJournal } from './hostile.ts';

const cast = transcriptCast(fullJournal);

/** What a real terminal of 80x24 shows after the recording, with everything that scrolled off. */
async function played(recording: string): Promise<{ readonly lines: readonly string[]; readonly wrapped: number }> {
  const terminal = new xterm.Terminal({ cols: 80, rows: 24, scrollback: 10_000, allowProposedApi: true });
  const output = readCast(recording).events.filter(([, kind]) => kind === 'o').map(([, , data]) => data).join('');
  await new Promise<void>((resolve) => terminal.write(output, resolve));
  const buffer = terminal.buffer.active;
  const rows = Array.from({ length: buffer.length }, (_, index) => buffer.getLine(index));
  return { lines: rows.map((row) => row?.translateToString(true) ?? ''), wrapped: rows.filter((row) => row?.isWrapped).length };
}

describe('the recording', () => {
  it('is asciicast v2: a header without environment, times that grow, output and markers only', () => {
    const [header = '', ...events] = cast.trimEnd().split('\n');
    expect(JSON.parse(header)).toEqual({ version: 2, width: 80, height: 24, timestamp: 1795215480, idle_time_limit: 2, title: 'realm-rescue: primary of keycloak.example.com, session 8f2c' });
    let last = 0;
    for (const line of events) {
      const [at, kind, data] = JSON.parse(line) as [number, string, string];
      expect(['o', 'm']).toContain(kind);
      expect(at).toBeGreaterThanOrEqual(last);
      expect(data.length).toBeGreaterThan(0);
      last = at;
    }
  });

  it('has a marker for every step and client', () => {
    expect(readCast(cast).events.filter(([, kind]) => kind === 'm').map(([, , name]) => name)).toEqual([
      'Connect', 'Freeze', 'Capture', 'Triage', 'Evidence', 'Compare', 'Choose', 'Restore 1/6 auth-service', 'Prove auth-service', 'Restore 2/6 api-gateway', 'Prove api-gateway',
      'Restore 3/6 profile-service', 'Prove profile-service', 'Restore 4/6 feed-service', 'Prove feed-service', 'Restore 5/6 media-service', 'Prove media-service',
      'Restore 6/6 timeline-service', 'Prove timeline-service', 'Account', 'Export', 'Thaw', 'Done',
    ]);
  });

  it('plays in a terminal of 80 columns without a line being broken, and shows the run', async () => {
    const { lines, wrapped } = await played(cast);
    expect(wrapped).toBe(0);
    expect(lines).toEqual(expect.arrayContaining([
      ' realm-rescue 0.1.0  PROD  keycloak.example.com / primary  26.7.4  session 8f2c',
      '   PUT   /admin/realms/primary/clients/7d0e…/default-client-scopes/3b1f…',
      ' Type primary to send them, Esc to go back: primary',
      ' + "scope": "profile email orders:read"',
      ' OK  orders:read in scope: the claim is there',
      ' NOT PROVEN  timeline-service: groups is still missing.',
      ' Reason: bob of the timeline team sees his groups in the app',
    ]));
    expect(lines.filter((line) => line !== '').at(-1)).toMatch(/^ head sha256:[0-9a-f]{12}….*verify 8f2c$/);
  });

  it('waits as the run did, but never longer than two seconds', () => {
    const times = readCast(cast).events.map(([at]) => at);
    const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(2.3);
    expect(times.at(-1)).toBeLessThan(60);
    const quick = transcriptCast(journalOf(fullRun.map(([, event]): Timed => [0, event])));
    expect(readCast(quick).events.at(-1)?.[0]).toBeGreaterThan(10);
  });

  it('says whose a write is where clients were restored beside each other', async () => {
    const last = fullRun.findLastIndex(([, event]) => event.type === 'write.verified');
    const first = fullRun.find(([, event]) => event.type === 'write.intended');
    const between = [...fullRun.slice(0, last), ...(first ? [first] : []), ...fullRun.slice(last)];
    const owners = async (run: readonly Timed[]) => (await played(transcriptCast(journalOf(run)))).lines.filter((row) => row.includes(' ms, read back')).map((row) => / of (\S+)/.exec(row)?.[1]);
    const alone = await owners(fullRun);
    expect(alone).toEqual(alone.map(() => undefined));
    expect(await owners(between)).toEqual([...alone.slice(1), 'timeline-service']);
  });

  it('is the same bytes for the same journal', () => {
    expect(transcriptCast(JSON.parse(JSON.stringify(fullJournal)))).toBe(cast);
  });

  it('shows the typed word only where a person typed one', async () => {
    const flags = journalOf(fullRun.map(([seconds, event]): Timed => [seconds, 'by' in event ? { ...event, by: 'flag' } : event]));
    const { lines } = await played(transcriptCast(flags));
    expect(lines.filter((line) => line.startsWith(' Type '))).toEqual([]);
    expect(lines.filter((line) => line === ' Confirmed without a key: --confirm primary')).toHaveLength(6);
  });

  it('begins every client with its requests also when one word covered them all', async () => {
    const once = fullRun.filter(([, event]) => event.type !== 'group.confirmed' || event.owner === 'auth-service').map(([seconds, event]): Timed => [seconds, event.type === 'group.confirmed' ? { ...event, all: true } : event]);
    const { lines } = await played(transcriptCast(journalOf(once)));
    expect(lines.filter((line) => line.startsWith(' Type '))).toEqual([' Type primary all to send them, Esc to go back: primary all']);
    expect(lines.filter((line) => /^ Restore \d\/6 /.test(line))).toHaveLength(6);
  });

  it('can be made of every prefix, of a stopped and of a resumed run', async () => {
    for (let length = 0; length <= fullJournal.length; length += 1) expect(transcriptCast(fullJournal.slice(0, length))).toMatch(/^\{"version":2/);
    expect((await played(transcriptCast(stoppedJournal))).lines.join('')).toContain('Go on with: realm-rescue resume 8f2c');
    expect((await played(transcriptCast(resumedJournal))).lines.join('\n')).toContain('✓ client scope orders:read  looked: it had happened');
  });

  it('lets no text of a server move the cursor or break a line', async () => {
    for (const hostile of HOSTILE) {
      const recording = transcriptCast(hostileJournal(hostile));
      const output = readCast(recording).events.filter(([, kind]) => kind === 'o').map(([, , data]) => data).join('');
      expect(output.replaceAll('\r\n', '').split('\u001b').slice(1).every((part) => /^\[(?:0|1|90|3[1236])m/.test(part))).toBe(true);
      for (const [, , data] of readCast(recording).events.filter(([, kind]) => kind === 'm')) {
        expectHarmless(data, 'marker');
        expect(displayWidth(data)).toBeLessThanOrEqual(80);
      }
      expectHarmless(recording, 'recording');
      const { wrapped } = await played(recording);
      expect({ hostile: hostile.slice(0, 20), wrapped }).toEqual({ hostile: hostile.slice(0, 20), wrapped: 0 });
    }
  });

  it('can be read at the end and after any chapter, as a terminal shows it', async () => {
    const { lines } = await played(cast);
    const screen = screenAt(readCast(cast), 'end').map((runs) => runs.map((run) => run.text).join('').trimEnd());
    expect(screen).toEqual(lines.filter((_, index) => index < lines.length - 1 || lines.at(-1) !== '').slice(-24));
    expect(screenAt(readCast(cast), 'Prove api-gateway').at(-1)?.map((run) => run.text).join('')).toBe(' OK  orders:read in scope: the claim is there');
    expect(() => screenAt(readCast(cast), 'Nowhere')).toThrow('no marker Nowhere; it has Connect, Freeze');
  });
});
