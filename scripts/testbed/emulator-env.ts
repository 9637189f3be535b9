import type { Emulator } from '../aws/emulator.ts'

export const region = 'us-east-1'

/** An access key of a user of the emulator. */
export interface AccessKey {
  accessKeyId: string
  secretAccessKey: string
}

/** The environment variables with which the AWS SDK calls the emulator as this user, whatever AWS configuration the machine has. */
export function emulatorEnv({ url }: Pick<Emulator, 'url'>, { accessKeyId, secretAccessKey }: AccessKey) {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
  }
}
