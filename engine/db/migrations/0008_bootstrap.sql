CREATE TABLE `bootstrap_files` (
	`environment` text NOT NULL,
	`file` text NOT NULL,
	`digest` text NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`environment`, `file`)
);
