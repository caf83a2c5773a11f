/** A delivery as Alertmanager 0.25 makes it (its documented webhook format, version 4). */
export function alertmanagerDelivery(
  ...alerts: { labels?: Record<string, string>; annotations?: Record<string, string>; status?: string; startsAt?: string }[]
) {
  const status = alerts.some((alert) => (alert.status ?? 'firing') === 'firing') ? 'firing' : 'resolved';
  return {
    receiver: 'concierge',
    status,
    alerts: alerts.map(({ labels = {}, annotations = {}, status: own = 'firing', startsAt = '2026-01-15T11:58:43.123Z' }, index) => ({
      status: own,
      labels: { alertname: 'CheckoutErrors', severity: 'critical', ...labels },
      annotations,
      startsAt,
      endsAt: own === 'resolved' ? '2026-01-15T12:00:00Z' : '0001-01-01T00:00:00Z',
      generatorURL: 'http://prometheus.example/graph?g0.expr=up',
      fingerprint: `c0ffee000000000${index}`,
    })),
    groupLabels: { alertname: 'CheckoutErrors' },
    commonLabels: { alertname: 'CheckoutErrors' },
    commonAnnotations: {},
    externalURL: 'http://alertmanager.example',
    version: '4',
    groupKey: '{}:{alertname="CheckoutErrors"}',
    truncatedAlerts: 0,
  };
}
