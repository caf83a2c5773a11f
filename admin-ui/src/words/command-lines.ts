/** Commands as a person can copy them into a terminal; what only they know stands in angle brackets. */

export const publishLine = (apartment: string, building: string): string =>
  `npx concierge publish <address> -a ${apartment} -b ${building} -v <version>`;

export const addBuildingLine = (apartment: string, environment: string): string =>
  `npx concierge building add <building> -a ${apartment} -e ${environment} -c main -u <building>@<version>`;

export const createEnvironmentLine = (apartment: string, environment: string): string =>
  `npx concierge environment create ${apartment} ${environment}`;

export const releaseLine = (apartment: string): string => `npx concierge release create <version> -a ${apartment} --from <environment>`;
