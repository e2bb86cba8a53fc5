import { compareStates } from '../realm/compare.ts';
import { EXIT, RescueError } from '../realm/errors.ts';
import { lossLines, newSecretLine, pulledInLine } from '../realm/hand-over.ts';
import type { ObjectId, Plan, RequestTemplate } from '../realm/model.ts';
import { orderOwners } from '../realm/order.ts';
import { makePlan } from '../realm/plan.ts';
import { readState } from '../realm/state.ts';
import { unseenParts } from '../realm/unseen.ts';
import { deniedLines, missingChoices, presetChoices } from '../runbook/choices.ts';
import { refuseUnknownAnswers, refuseUnknownClients } from '../runner/known-names.ts';
import { count } from '../runbook/lines.ts';
import { sanitise } from '../ui/text.ts';
import { lazyClusterEvidence } from './lazy.ts';
import { captureOnce, evidenceWithRealms, withKeycloak } from './live.ts';
import { printJson } from './out.ts';
import { runSettings } from './settings.ts';
import type { CommandRun } from './table.ts';
import { thisTerminal } from './terminal.ts';

/** What `recover` would send with these choices. Reads only. Exit 5 while a difference has no answer. */
export const run: CommandRun = async (invocation) => {
  const settings = await runSettings(invocation.flags);
  if (settings.evidence.length === 0) throw new RescueError('usage', 'No evidence is named to plan from.', ['Name at least one source: --evidence realm.json']);
  return withKeycloak(invocation, thisTerminal(invocation), async (keycloak, target) => {
    const reader = evidenceWithRealms(process.cwd(), target, lazyClusterEvidence(invocation));
    const sources = await Promise.all(settings.evidence.map((spec) => reader.read(spec, keycloak.realm)));
    const live = readState(await captureOnce(keycloak, sources.flatMap(({ representation }) => (representation.clients ?? []).flatMap((client) => client.clientId ?? []))));
    const evidence = sources.map((snapshot) => readState(snapshot, live.representation.settingDescriptions));
    const differences = compareStates(live, evidence);
    refuseUnknownClients(settings.clients, [live, ...evidence], differences);
    refuseUnknownAnswers(Object.keys(settings.answers), [live, ...evidence], differences);
    for (const part of unseenParts(live, evidence)) process.stderr.write(`${sanitise(`Not compared: ${part}.`)}\n`);
    const choices = presetChoices(differences, settings);
    const missing = missingChoices(differences, choices);
    for (const id of missing) process.stderr.write(`${sanitise(id)}\n`);
    if (missing.length > 0) throw new RescueError('needs-decision', `${count(missing.length, 'answer')} missing; what they are for stands above.`, ['Answer them with --lost, --changed, --live-only or --answers FILE.'], { details: { open: missing } });
    const plan = makePlan({ live, evidence, differences, choices, order: orderOwners({ differences, live, evidence }) });
    const idOf = (id: ObjectId) => live.objects.get(id)?.serverId;
    const describe = (request: RequestTemplate) => keycloak.describe(request, { id: idOf, role: () => undefined, secret: () => undefined });
    if (invocation.flags.json) printJson({ schema: 'realm-rescue/plan/v1', realm: keycloak.realm, choices, ...plan }, 2);
    else print(plan, describe);
    for (const denied of deniedLines(differences, choices, settings)) process.stderr.write(`${sanitise(denied)}.\n`);
    return EXIT.done;
  });
};

function print(plan: Plan, describe: (request: RequestTemplate) => string): void {
  for (const group of plan.groups) {
    process.stdout.write(`${sanitise(group.owner)}\n`);
    for (const operation of group.operations) process.stdout.write(sanitise(`  ${operation.request.method.padEnd(6)} ${describe(operation.request)}  ${operation.title}${operation.note ? `: ${operation.note}` : ''}`) + '\n' + lossLines([operation]).map((line) => `         ${sanitise(line)}\n`).join(''));
  }
  if (plan.groups.length === 0) process.stderr.write('Nothing would be sent.\n');
  for (const pulled of plan.pulledIn) process.stderr.write(sanitise(`${pulledInLine(plan, pulled)}.`) + '\n');
  for (const { id, because } of plan.refused) process.stderr.write(sanitise(`${id} is not restored: ${because}`) + '\n');
  for (const client of plan.newSecrets) process.stderr.write(sanitise(`${newSecretLine(plan, client)}.`) + '\n');
}

