ALTER TABLE `health_minutes` ADD `sketches` blob;--> statement-breakpoint
ALTER TABLE `health_states` ADD `points` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `tokens` ADD `person` text;