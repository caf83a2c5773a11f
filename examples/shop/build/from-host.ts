// An input of every unit build, in no unit's output. For packages that the host provides,
// the federation plugin keeps only the exports that it has seen used by the time it takes
// the module graph to be complete; on a busy machine it does so too early, and the build
// fails. This file uses all of them, and is read first.
import * as react from 'react';
import * as reactDom from 'react-dom';
import * as reactDomClient from 'react-dom/client';

export { react, reactDom, reactDomClient };
