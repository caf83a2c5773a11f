ALTER TABLE `health_minutes` ADD `sketches` blob;--> statement-breakpoint
ALTER TABLE `tokens` ADD `person` text;