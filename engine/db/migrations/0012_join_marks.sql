INSERT INTO `health_mark_log` (`marks`, `networks`)
SELECT '[[' || `stream` || ',[' || group_concat(
	json_quote(`visitor`) || ',' || `first` || ',' || `flags` || ',' || (length(`seen`) - length(replace(`seen`, ' ', '')) + 1) || ',' || replace(`seen`, ' ', ',')
) || ']]]', '[]'
FROM (SELECT *, (row_number() OVER (PARTITION BY `stream` ORDER BY `visitor`) - 1) / 1000 AS `part` FROM `health_marks`)
GROUP BY `stream`, `part`;
--> statement-breakpoint
DROP TABLE `health_marks`;