import { requestModules } from './basic-requests.ts';
import { tokenModules } from './basic-tokens.ts';
import { testPlan } from './suite.ts';

testPlan('oidcc-basic-certification-test-plan', { ...tokenModules, ...requestModules });
