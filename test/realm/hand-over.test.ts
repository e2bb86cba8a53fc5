import { expect, test } from 'vitest';
import { deploymentsOf, lossLines, newSecretLine } from '../../src/realm/hand-over.ts';
import { state } from './incident.ts';

test('who needs a new secret is told by the hosts of the client\'s own URLs, placeholders and wildcards left out', () => {
  const clients = [{ clientId: 'app', rootUrl: 'https://app.example/', baseUrl: '/home', redirectUris: ['https://two.example:8443/cb', 'https://${HOST}/x', '*'], webOrigins: ['+', 'https://app.example'] }];
  const deployments = deploymentsOf(['app', 'gone'], [state({ realm: 'x', clients })]);
  expect(deployments).toEqual({ app: ['app.example', 'two.example:8443'], gone: [] });
  expect(newSecretLine({ deployments }, 'app')).toContain('it runs at app.example, two.example:8443');
  expect(newSecretLine({}, 'app')).toContain('nothing says where it runs');
});

test('each loss is one line, said once', () => {
  expect(lossLines([{ losses: ['a', 'b'] }, {}, { losses: ['a'] }])).toEqual(['lost for good: a', 'lost for good: b']);
});
