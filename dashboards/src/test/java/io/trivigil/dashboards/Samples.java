package io.trivigil.dashboards;

import io.trivigil.dashboards.page.AlertGroup;
import io.trivigil.dashboards.page.AlertRow;
import io.trivigil.dashboards.page.AlertRow.Phase;
import io.trivigil.dashboards.page.AlertRule;
import io.trivigil.dashboards.page.AlertsPage;
import io.trivigil.dashboards.page.ClusterPage;
import io.trivigil.dashboards.page.ClusterView;
import io.trivigil.dashboards.page.ClusterView.Quorum;
import io.trivigil.dashboards.page.ErrorPage;
import io.trivigil.dashboards.page.Frame;
import io.trivigil.dashboards.page.ListFilter;
import io.trivigil.dashboards.page.NodeView;
import io.trivigil.dashboards.page.Notice;
import io.trivigil.dashboards.page.OverviewPage;
import io.trivigil.dashboards.page.Page;
import io.trivigil.dashboards.page.QueryPage;
import io.trivigil.dashboards.page.RuleRow;
import io.trivigil.dashboards.page.RulesPage;
import io.trivigil.dashboards.page.SilenceFormPage;
import io.trivigil.dashboards.page.SilenceRow;
import io.trivigil.dashboards.page.SilencesPage;
import io.trivigil.dashboards.page.StatusPage;
import io.trivigil.dashboards.page.StatusPage.Fact;
import io.trivigil.dashboards.page.TargetRow;
import io.trivigil.dashboards.page.TargetRow.Health;
import io.trivigil.dashboards.page.TargetsPage;
import io.trivigil.dashboards.page.VigilPage;
import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// Pages of a small cluster on a bad night, for tests and for looking at.
///
/// @param evil a text that is put into every place that an outsider can fill
record Samples(String evil) {
  static final long NOW_MS = 1_790_000_000_000L;

  Frame frame(Language language, Quorum state) {
    boolean ok = state == Quorum.QUORUM;
    ClusterView cluster =
        new ClusterView(
            "im-suite" + evil,
            "n2",
            ok ? Optional.of("n1") : Optional.empty(),
            7,
            state,
            ok ? OptionalLong.empty() : OptionalLong.of(NOW_MS - 94_000),
            0,
            ok,
            List.of(
                node("n1", "leader", 1_204_871, ok),
                node("n2", ok ? "follower" : "candidate", 1_204_869, true),
                node("n3", "follower", 1_198_003, false)));
    return new Frame(
        language,
        Theme.AUTO,
        NOW_MS,
        "",
        "0.1.0" + evil,
        cluster,
        3,
        List.of(Notice.externalAlertmanagers(List.of("alertmanager:9093" + evil))));
  }

  private NodeView node(String id, String role, long applied, boolean live) {
    return new NodeView(
        id,
        role,
        "10.0.0." + id.charAt(1) + ":9095",
        Optional.of("http://10.0.0." + id.charAt(1) + ":9090/"),
        applied,
        role.equals("candidate") ? -1 : 4,
        id.equals("n3") ? -12 : 1,
        live);
  }

  /// All pages with something on them, by a name for a file.
  Map<String, Page> pages() {
    Map<String, Page> pages = new LinkedHashMap<>();
    pages.put("overview", overview());
    pages.put("query", new QueryPage());
    pages.put("alerts", alerts(ListFilter.ALL));
    pages.put("alerts-groups", alerts(new ListFilter("groups", "", "")));
    pages.put("alerts-firing", alerts(new ListFilter("", "firing", "")));
    pages.put("silences", new SilencesPage(ListFilter.ALL, silences()));
    pages.put(
        "silences-expired", new SilencesPage(new ListFilter("", "expired", evil), silences()));
    pages.put("silences-new", new SilenceFormPage());
    pages.put("targets", new TargetsPage(ListFilter.ALL, targets(), 4));
    pages.put("rules", rules(ListFilter.ALL));
    pages.put("status", status());
    pages.put("cluster", cluster());
    pages.put("vigil", new VigilPage(true));
    pages.put("vigil-unwatched", new VigilPage(false));
    pages.put("error", new ErrorPage(404, "/nowhere" + evil));
    return pages;
  }

  /// The same pages with nothing on them.
  List<Page> emptyPages() {
    ListFilter groups = new ListFilter("groups", "", "");
    return List.of(
        new OverviewPage(
            new OverviewPage.Ingest(0, 0),
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            new OverviewPage.Config(0, 0, "", List.of()),
            Optional.empty(),
            List.of(),
            List.of()),
        new AlertsPage(ListFilter.ALL, List.of(), List.of()),
        new AlertsPage(groups, List.of(), List.of()),
        new SilencesPage(ListFilter.ALL, List.of()),
        new TargetsPage(ListFilter.ALL, List.of(), 0),
        new RulesPage(ListFilter.ALL, List.of()),
        new StatusPage(List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of()),
        new ClusterPage(1, List.of(), List.of(), Optional.empty(), List.of(), false, ""),
        new ErrorPage(500, ""));
  }

  OverviewPage overview() {
    return new OverviewPage(
        new OverviewPage.Ingest(12_345.6, 84_211),
        5,
        2,
        1,
        1,
        2,
        14,
        1,
        new OverviewPage.Config(
            12,
            NOW_MS - 7_300_000,
            "alerts.yml:12:9: field 'expr' must be set in rule" + evil,
            List.of(new OverviewPage.Drift("n3", "/etc/trivigil/alerts.yml" + evil))),
        Optional.of(
            new OverviewPage.Storage(4_812_334_101L, 3_812_334_101L, 212_334_101L, 18_334_101L)),
        List.of(masterDown(), diskLow(List.of()), replicationLag(List.of("a7b3"))),
        targets().stream().filter(t -> t.health() == Health.DOWN).toList());
  }

  AlertsPage alerts(ListFilter filter) {
    String file = "/etc/trivigil/alerts.yml" + evil;
    AlertRule inactive =
        rule(file, "BackupServerDown", "up{server=\"backup\"} == 0", 300, "warning", List.of());
    return new AlertsPage(
        filter,
        List.of(
            rule(
                file,
                "MasterServerDown",
                "up{server=\"master\"} == 0" + evil,
                60,
                "critical",
                List.of(masterDown())),
            inactive,
            rule(
                file,
                "MySQLReplicationLag",
                "mysql_slave_status_seconds_behind_master > 60",
                300,
                "warning",
                List.of(replicationLag(List.of()))),
            rule(
                file,
                "DiskSpaceLow",
                "(node_filesystem_avail_bytes / node_filesystem_size_bytes) * 100 < 15",
                300,
                "warning",
                List.of(diskLow(List.of())))),
        List.of(
            new AlertGroup(
                "admin-urgent" + evil,
                Labels.of("alertname", "MasterServerDown", "severity", "critical"),
                List.of(masterDown())),
            new AlertGroup(
                "admin",
                Labels.of("alertname", "DiskSpaceLow", "severity", "warning"),
                List.of(diskLow(List.of()), replicationLag(List.of("a7b3" + evil))))));
  }

  private AlertRule rule(
      String file, String name, String query, int hold, String severity, List<AlertRow> alerts) {
    return new AlertRule(
        "server_alerts" + evil,
        file,
        name + evil,
        query,
        Duration.ofSeconds(hold),
        alerts.isEmpty() ? Duration.ofMinutes(5) : Duration.ZERO,
        Labels.of("severity", severity),
        Labels.of("summary", name),
        name.equals("DiskSpaceLow") ? "many-to-many matching not allowed" + evil : "",
        alerts);
  }

  private AlertRow masterDown() {
    return alert(
        Phase.FIRING,
        Labels.of(
            "alertname",
            "MasterServerDown",
            "severity",
            "critical",
            "server",
            "master" + evil,
            "instance",
            "154.37.214.191:9104",
            "job",
            "master-mysql",
            "role",
            "database"),
        Labels.of(
            "summary", "🔴 主服务器宕机！",
            "description", "主服务器 154.37.214.191:9104 已宕机超过1分钟，请立即检查！" + evil,
            "runbook_url", "https://runbooks.example.org/master-down"),
        194,
        "0",
        List.of());
  }

  private AlertRow diskLow(List<String> silencedBy) {
    return alert(
        Phase.FIRING,
        Labels.of(
            "alertname",
            "DiskSpaceLow",
            "severity",
            "warning",
            "instance",
            "10.0.0.2:9100",
            "mountpoint",
            "/var/lib/mysql",
            "fstype",
            "ext4",
            "device",
            "/dev/vdb1"),
        Labels.of("summary", "磁盘空间不足", "description", "10.0.0.2:9100 磁盘剩余空间低于 15%"),
        15_800,
        "11.482913",
        silencedBy);
  }

  private AlertRow replicationLag(List<String> silencedBy) {
    return alert(
        silencedBy.isEmpty() ? Phase.PENDING : Phase.FIRING,
        Labels.of(
            "alertname", "MySQLReplicationLag", "severity", "warning", "instance", "10.0.0.3:9104"),
        Labels.of("summary", "MySQL replica is 92 s behind" + evil, "runbook_url", "javascript:x"),
        41,
        "92",
        silencedBy);
  }

  private AlertRow alert(
      Phase phase, Labels labels, Labels notes, int forSeconds, String value, List<String> by) {
    return new AlertRow(
        phase,
        labels,
        notes,
        NOW_MS - forSeconds * 1_000L,
        value,
        phase == Phase.PENDING ? "" : "up{server=\"master\"} == 0" + evil,
        "http://n1:9090/graph?g0.expr=up",
        by,
        List.of(),
        List.of());
  }

  List<SilenceRow> silences() {
    return List.of(
        silence("a7b35f0e-1111", SilenceRow.State.ACTIVE, -3_600, 5_400),
        silence("c9d15f0e-2222", SilenceRow.State.PENDING, 36_000, 43_200),
        silence("e1f25f0e-3333" + evil, SilenceRow.State.EXPIRED, -90_000, -86_400));
  }

  private SilenceRow silence(String id, SilenceRow.State state, int fromSeconds, int toSeconds) {
    return new SilenceRow(
        id,
        state,
        List.of(
            Matcher.equal("alertname", "MySQLReplicationLag" + evil),
            Matcher.of("instance", Matcher.Op.MATCHES, "10\\.0\\.0\\.[23]:9104")),
        NOW_MS + fromSeconds * 1_000L,
        NOW_MS + toSeconds * 1_000L,
        NOW_MS + fromSeconds * 1_000L,
        "li.wei" + evil,
        "Rebuilding the replica, ticket OPS-412. 正在重建从库。" + evil,
        state == SilenceRow.State.ACTIVE ? 1 : 0);
  }

  List<TargetRow> targets() {
    return List.of(
        target("master-server", "154.37.214.191:9100", Health.UP, "", "role", "master"),
        target(
            "master-mysql",
            "154.37.214.191:9104",
            Health.DOWN,
            "Get \"http://154.37.214.191:9104/metrics\": connect: connection refused" + evil,
            "role",
            "database" + evil),
        target("master-redis", "154.37.214.191:9121", Health.UP, "", "role", "cache"),
        target("master-backend", "154.37.214.191:8080", Health.UP, "", "role", "backend"),
        target(
            "backup-server",
            "backup_server_ip:9100",
            Health.DOWN,
            "lookup backup_server_ip: no such host",
            "role",
            "backup"),
        target("trivigil", "10.0.0.1:9090", Health.UP, "", "node", "n1"),
        target("trivigil", "10.0.0.2:9090", Health.UP, "", "node", "n2"),
        target("trivigil", "10.0.0.3:9090", Health.UNKNOWN, "", "node", "n3"));
  }

  private static TargetRow target(
      String pool, String instance, Health health, String error, String label, String value) {
    Labels labels = Labels.of("job", pool, "instance", instance, label, value);
    return new TargetRow(
        pool,
        "http://" + instance + "/metrics",
        health,
        labels,
        labels,
        error,
        health == Health.UNKNOWN ? 0 : NOW_MS - 6_000,
        Duration.ofMillis(pool.equals("master-backend") ? 6_120 : 41),
        Duration.ofSeconds(15),
        Duration.ofSeconds(10));
  }

  RulesPage rules(ListFilter filter) {
    return new RulesPage(
        filter,
        List.of(
            group(
                "server_alerts" + evil,
                List.of(
                    ruleRow("MasterServerDown", "up{server=\"master\"} == 0", "firing", ""),
                    ruleRow("BackupServerDown", "up{server=\"backup\"} == 0", "inactive", ""),
                    ruleRow(
                        "DiskSpaceLow",
                        "(node_filesystem_avail_bytes / node_filesystem_size_bytes) * 100 < 15",
                        "firing",
                        "many-to-many matching not allowed" + evil))),
            group(
                "node_recording",
                List.of(
                    ruleRow(
                        "instance:node_cpu:rate5m",
                        "sum by (instance) (rate(node_cpu_seconds_total{mode!=\"idle\"}[5m]))",
                        "",
                        "")))));
  }

  private RulesPage.Group group(String name, List<RuleRow> rules) {
    return new RulesPage.Group(
        name,
        "/etc/trivigil/alerts.yml" + evil,
        Duration.ofSeconds(30),
        NOW_MS - 11_000,
        Duration.ofNanos(2_400_000),
        rules);
  }

  private RuleRow ruleRow(String name, String query, String state, String error) {
    return new RuleRow(
        name + (state.isEmpty() ? "" : evil),
        query + evil,
        error.isEmpty() ? "ok" : "err",
        error,
        state,
        state.isEmpty() ? Duration.ZERO : Duration.ofMinutes(1),
        Duration.ZERO,
        state.isEmpty() ? Labels.EMPTY : Labels.of("severity", "critical" + evil),
        Labels.EMPTY,
        NOW_MS - 11_000,
        Duration.ofNanos(812_000));
  }

  ClusterPage cluster() {
    return new ClusterPage(
        2,
        List.of(
            member("n1", "leader", 0, false),
            member("n2", "follower", 3, false),
            member("n3", "follower", -812, true)),
        List.of(
            new ClusterPage.Version(
                3, NOW_MS - 4_000, "HTTP from ::1/anna on n1" + evil, "c0ffee", 1, 2, true),
            new ClusterPage.Version(2, NOW_MS - 94_000, "SIGHUP on n2", "badbad", 0, 1, false),
            new ClusterPage.Version(1, NOW_MS - 994_000, "start of n1", "c0ffee", 0, 0, false)),
        Optional.of(
            new ClusterPage.Difference(
                "1",
                "2",
                List.of(
                    new ClusterPage.FileDifference(
                        "rules.yml" + evil,
                        List.of(
                            new ClusterPage.Line("@@ -1,1 +1,1 @@"),
                            new ClusterPage.Line("-a: 1"),
                            new ClusterPage.Line("+a: 2" + evil)),
                        true)),
                List.of("PLACE"),
                "")),
        List.of(new ClusterPage.Event(NOW_MS - 4_000, "n3", "clock_off", "-812 ms" + evil)),
        true,
        evil);
  }

  private ClusterPage.Member member(String id, String role, long clockMs, boolean drift) {
    return new ClusterPage.Member(
        node(id, role, 1_204_871, true),
        id.equals("n2"),
        clockMs,
        2,
        "0.1.0",
        "c0ffeec0ffeec0ffee",
        NOW_MS - 94_000,
        drift,
        drift ? List.of("rules.yml" + evil) : List.of(),
        drift ? "rules.yml:3:1: no such thing" + evil : "");
  }

  StatusPage status() {
    return new StatusPage(
        List.of(
            new Fact("version", "0.1.0" + evil),
            new Fact("revision", "ce95aee"),
            new Fact("buildDate", "2026-11-21"),
            new Fact("javaVersion", "25.0.3+9-LTS")),
        List.of(
            new Fact("node", "n2"),
            new Fact("startTime", "2026-11-20 21:04:11 UTC"),
            new Fact("cpus", "2"),
            new Fact("memory", "312 MiB"),
            new Fact("retention", "30d")),
        List.of(new Fact("samples", "4.81G"), new Fact("chunkBytes", "3.55 GiB")),
        List.of(
            new Fact("config.file", "/etc/trivigil/prometheus.yml" + evil),
            new Fact("storage.tsdb.path", "/var/lib/trivigil"),
            new Fact("web.listen-address", "0.0.0.0:9090")),
        List.of(
            new StatusPage.Version(12, NOW_MS - 7_300_000, "n1", "reload" + evil, true),
            new StatusPage.Version(11, NOW_MS - 97_300_000, "n1", "start", false)),
        List.of(
            new StatusPage.TextFile(
                "prometheus.yml",
                """
                global:
                  scrape_interval: 15s
                  external_labels:
                    cluster: im-suite
                rule_files: [alerts.yml]
                scrape_configs:
                  - job_name: master-mysql
                    basic_auth: {username: watch, password: <secret>}
                    static_configs:
                      - targets: ['154.37.214.191:9104']
                """),
            new StatusPage.TextFile("alertmanager.yml", "route: {receiver: admin}\n" + evil)),
        List.of("alertmanager:9093" + evil));
  }
}
