import { defineUnit } from '../../shared/define-unit.tsx';
import css from './main.css?inline';
import { Main } from './main.tsx';

export const mount = defineUnit(Main, css);
