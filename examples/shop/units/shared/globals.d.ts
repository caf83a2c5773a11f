/** Derived from the folder `units/<name>/<version>` by the build. */
declare const __UNIT_NAME__: string;
declare const __UNIT_VERSION__: string;
