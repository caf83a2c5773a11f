import { defineUnit } from '../../shared/define-unit.tsx';
import css from './header.css?inline';
import { Header } from './header.tsx';

export const mount = defineUnit(Header, css);
