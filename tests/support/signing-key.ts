/** A key made for tests; it signs nothing else. */
export const SIGNING_KEY = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIMKgmWnplRFMKbeP/TPoUcuJVu2+fUYp6xu6CGSpyQv+
-----END PRIVATE KEY-----`;
export const PUBLIC_KEY = '2uhHrCeInV-7lb7alZVqFLQu2UiloStdtmPsBuKP2qo';
export const KEY_ID = '76c7752f8427d44a';
