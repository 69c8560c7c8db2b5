import { randomUUID } from 'node:crypto';
import type { Clock } from '../../src/domain/clock.ts';
import { createFlowControl } from './flow-control.ts';
import type { SimulatorTiming } from './simulator.ts';
import { rememberAccepted } from './sms-simulator.ts';
import type { SmsSimulator } from './sms-simulator.ts';
import { startTencentProduct, TencentError } from './tencent-cloud.ts';
import type { TencentServer } from './tencent-cloud.ts';

export interface TencentSmsOptions {
  readonly clock: Clock;
  readonly sdkAppId: string;
  readonly signName: string;
  /** Approved templates and how many variables each has. */
  readonly templates: Readonly<Record<string, number>>;
  readonly timing?: SimulatorTiming;
}

/** 腾讯云短信, `SendSms` of 2021-01-11: one status per number, errors of the whole call in `Response.Error`. */
export async function startTencentSms(options: TencentSmsOptions): Promise<TencentServer & SmsSimulator> {
  const { clock, timing } = options;
  const accepted = rememberAccepted();
  const flow = createFlowControl([
    { limit: 1, milliseconds: 30_000 },
    { limit: 5, milliseconds: 60 * 60 * 1000 },
    { limit: 10, milliseconds: 24 * 60 * 60 * 1000 },
  ]);

  const codeFor = (number: string, templateId: string, variables: readonly string[]): string => {
    if (!/^(\+?86)?1\d{10}$/.test(number)) return 'InvalidParameterValue.IncorrectPhoneNumber';
    if (options.templates[templateId] !== variables.length) return 'FailedOperation.TemplateIncorrectOrUnapproved';
    return flow.take(number.slice(-11), clock.now()) ? 'LimitExceeded.DeliveryFrequencyLimit' : 'Ok';
  };

  const server = await startTencentProduct({
    clock,
    ...(timing && { timing }),
    service: 'sms',
    version: '2021-01-11',
    needsRegion: true,
    actions: {
      SendSms: (parameters) => {
        const { SmsSdkAppId, SignName, TemplateId, SessionContext = '' } = parameters;
        const numbers = texts(parameters['PhoneNumberSet']);
        const variables = texts(parameters['TemplateParamSet'] ?? []);
        if (!numbers?.length || !variables || typeof TemplateId !== 'string')
          return new TencentError('InvalidParameter', 'A parameter is malformed.');
        if (SmsSdkAppId !== options.sdkAppId)
          return new TencentError('InvalidParameterValue.SdkAppIdNotExist', 'The application does not exist.');
        if (SignName !== options.signName)
          return new TencentError('FailedOperation.SignatureIncorrectOrUnapproved', 'The signature is not approved.');
        const statuses = numbers.map((number) => {
          const Code = codeFor(number, TemplateId, variables);
          const sent = Code === 'Ok';
          if (sent)
            accepted.add({
              id: String(SessionContext),
              to: number.slice(-11),
              content: [TemplateId, ...variables].join(' '),
              acceptedAt: clock.now(),
            });
          const SerialNo = sent ? `5000:${randomUUID().replaceAll('-', '').slice(0, 28)}` : '';
          return {
            SerialNo,
            PhoneNumber: number,
            Fee: sent ? 1 : 0,
            SessionContext,
            Code,
            Message: sent ? 'send success' : `failed: ${Code}`,
            IsoCode: 'CN',
          };
        });
        return { SendStatusSet: statuses };
      },
    },
  });
  return { ...server, accepted: accepted.list };
}

function texts(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;
}
