import type { Screen } from '@ecr-anywhere/cli/terminal/screen.ts'
import { parseImageName } from '@ecr-anywhere/cli/verify/image-name.ts'
import { imageRefusal } from '@ecr-anywhere/cli/verify/registry-refusal.ts'
import type { Verified } from '@ecr-anywhere/cli/verify/verified.ts'
import { fromHere } from '@ecr-anywhere/cli/verify/verified.ts'
import { verifiedText } from '@ecr-anywhere/cli/verify/verified-text.ts'

const host = '111122223333.dkr.ecr.eu-west-1.amazonaws.com'
const image = parseImageName(`${host}/base/node:26`)
if (image === undefined) throw new Error('the example has no image')
const message = `User: arn:aws:sts::123456789012:assumed-role/pull/cluster-default is not authorized to perform: ecr:BatchGetImage on resource: arn:aws:ecr:eu-west-1:111122223333:repository/base/node because no resource-based policy allows the ecr:BatchGetImage action`
const finding = imageRefusal(image, { status: 403, code: 'DENIED', message })

/** A pod whose image is in another account, which has no repository policy for it. */
const example: Verified = {
  target: 'pod shop/web-7d4b9c8f6d-2xkqp',
  about: 'node worker-1, ServiceAccount default, imagePullSecrets registry',
  findings: [{ title: `image ${image.text}`, ...finding }],
  notes: [fromHere],
}

export function verifyExample({ paint }: Screen): string {
  return verifiedText(example, paint)
}
