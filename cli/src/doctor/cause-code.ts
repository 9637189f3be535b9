import { Fault } from '@ecr-anywhere/shared/fault.ts'

/** For `catch`: turns an error of one code into undefined, and throws every other one. */
export function causeCode(code: string): (error: unknown) => undefined {
  return error => {
    if (error instanceof Fault && error.code === code) return undefined
    throw error
  }
}
