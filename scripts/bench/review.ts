import { annotations, labels } from '@ecr-anywhere/shared/names.ts'
import { ownRegistry } from '../testbed/testbed.ts'

/** A review of the create of a managed Secret, with all fields that an API server sends. */
export function review(namespace: string, notes: Record<string, string> = {}) {
  const resource = { group: '', version: 'v1', resource: 'secrets' }
  const kind = { group: '', version: 'v1', kind: 'Secret' }
  return {
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid: '705ab4f5-6393-11e8-b7cc-42010a800002',
      kind,
      resource,
      requestKind: kind,
      requestResource: resource,
      name: 'pull',
      namespace,
      operation: 'CREATE',
      userInfo: { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] },
      object: {
        kind: 'Secret',
        apiVersion: 'v1',
        metadata: {
          name: 'pull',
          namespace,
          uid: '9d98a966-f1ba-4ffc-a6ea-552689943fbb',
          creationTimestamp: '2026-01-01T12:00:00Z',
          labels: { [labels.managed]: 'true' },
          annotations: { [annotations.registries]: ownRegistry, ...notes },
          managedFields: [{ manager: 'kubectl', operation: 'Apply', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: { 'f:type': {} } }],
        },
        data: { '.dockerconfigjson': 'e30=' },
        type: 'kubernetes.io/dockerconfigjson',
      },
      oldObject: null,
      dryRun: false,
      options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1', fieldManager: 'kubectl' },
    },
  }
}
