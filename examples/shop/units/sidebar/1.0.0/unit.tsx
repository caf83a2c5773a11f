import { defineUnit } from '../../shared/define-unit.tsx';
import css from './sidebar.css?inline';
import { Sidebar } from './sidebar.tsx';

export const mount = defineUnit(Sidebar, css);
