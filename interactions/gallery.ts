import { examples as accountChange } from './account/change/examples.ts';
import { examples as account } from './account/examples.ts';
import { examples as security } from './account/security/examples.ts';
import { examples as undo } from './account/undo/examples.ts';
import { examples as activate } from './activate/examples.ts';
import { examples as bind } from './bind/examples.ts';
import { examples as consent } from './consent/examples.ts';
import { examples as error } from './error/examples.ts';
import { examples as formPost } from './form-post/examples.ts';
import { examples as handover } from './handover/examples.ts';
import { examples as help } from './help/examples.ts';
import type { Example } from './journey.ts';
import { examples as landing } from './landing/examples.ts';
import { examples as layout } from './layout/examples.ts';
import { examples as nationalPlatform } from './login/national-platform/examples.ts';
import { examples as passkey } from './login/passkey/examples.ts';
import { examples as password } from './login/password/examples.ts';
import { examples as qrCode } from './login/qr-code/examples.ts';
import { examples as secondFactor } from './login/second-factor-examples.ts';
import { examples as smsCode } from './login/sms-code/examples.ts';
import { examples as logout } from './logout/examples.ts';
import { examples as recover } from './recover/examples.ts';
import { examples as register } from './register/examples.ts';
import { examples as bankCard } from './step-up/bank-card/examples.ts';
import { examples as stepUp } from './step-up/examples.ts';
import { examples as realName } from './step-up/real-name/examples.ts';

/** Every page in every state: what the gallery shows and tests look at. One line per folder. */
export const examples: readonly Example[] = [
  ...landing,
  ...password,
  ...smsCode,
  ...passkey,
  ...qrCode,
  ...nationalPlatform,
  ...bind,
  ...secondFactor,
  ...register,
  ...activate,
  ...recover,
  ...handover,
  ...stepUp,
  ...realName,
  ...bankCard,
  ...consent,
  ...account,
  ...accountChange,
  ...security,
  ...undo,
  ...logout,
  ...error,
  ...formPost,
  ...help,
  ...layout,
];
