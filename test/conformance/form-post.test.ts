import { requestModules } from './basic-requests.ts';
import { tokenModules } from './basic-tokens.ts';
import { testPlan } from './suite.ts';

testPlan('oidcc-formpost-basic-certification-test-plan', { ...tokenModules, ...requestModules }, 'form_post');
