package io.trivigil.alertmanager.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.alertmanager.dispatch.Renderer.RenderException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RenderingTest {
  private static final Templates TEMPLATES = Templates.of(Map.of());
  private static final Notification BOTH = Fixtures.notification(Fixtures.down(), Fixtures.ended());

  @Test
  void webhookBodyIsGosBytes() {
    assertThat(new String(WebhookBody.of(BOTH), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"receiver\":\"team\\\\.a\",\"status\":\"firing\",\"alerts\":["
                + "{\"status\":\"resolved\",\"labels\":{\"alertname\":\"Down\",\"instance\":\"db0\",\"severity\":\"critical\"},"
                + "\"annotations\":{\"summary\":\"db0 is down\"},\"startsAt\":\"2026-03-01T11:58:00.25Z\","
                + "\"endsAt\":\"2026-03-01T11:59:59.5Z\",\"generatorURL\":\"http://n1:9090/graph?g0.expr=up\\u0026g0.tab=1\","
                + "\"fingerprint\":\"%s\"},"
                    .formatted(
                        io.trivigil.alertmanager.state.Fingerprint.text(
                            Fixtures.ended().fingerprint()))
                + "{\"status\":\"firing\",\"labels\":{\"alertname\":\"Down\",\"instance\":\"db1\",\"severity\":\"critical\"},"
                + "\"annotations\":{\"description\":\"主库 \\u003cdown\\u003e \\u0026 out\",\"summary\":\"db1 is down\"},"
                + "\"startsAt\":\"2026-03-01T11:58:00.25Z\",\"endsAt\":\"0001-01-01T00:00:00Z\","
                + "\"generatorURL\":\"http://n1:9090/graph?g0.expr=up\\u0026g0.tab=1\",\"fingerprint\":\"%s\"}],"
                    .formatted(
                        io.trivigil.alertmanager.state.Fingerprint.text(
                            Fixtures.down().fingerprint()))
                + "\"notification_reason\":\"first notification\",\"groupLabels\":{\"alertname\":\"Down\"},"
                + "\"commonLabels\":{\"alertname\":\"Down\",\"severity\":\"critical\"},\"commonAnnotations\":{},"
                + "\"routeLabels\":{\"tier\":\"1\"},\"externalURL\":\"http://am.example\",\"version\":\"4\","
                + "\"groupKey\":\"{}:{alertname=\\\"Down\\\"}\",\"truncatedAlerts\":0}\n");
  }

  @Test
  void fingerprintsAreUpstreams() {
    // FNV-1a of nothing, and of one pair, as prometheus/common computes them.
    assertThat(
            io.trivigil.alertmanager.state.Fingerprint.text(
                io.trivigil.alertmanager.state.Fingerprint.of(io.trivigil.model.Labels.EMPTY)))
        .isEqualTo("cbf29ce484222325");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "{{ .Status }} {{ len .Alerts }} {{ len .Alerts.Firing }} {{ .Alerts.Resolved | len }} ~ firing 2 1 1",
        "{{ .Receiver }} {{ .ExternalURL }} {{ .NotificationReason }} ~ team\\.a http://am.example first notification",
        "{{ .GroupLabels }} {{ .CommonLabels.Remove .GroupLabels.Names }} ~ alertname=Down severity=critical",
        "{{ range .CommonLabels.SortedPairs }}{{ .Name }}:{{ .Value }};{{ end }} ~ alertname:Down;severity:critical;",
        "{{ .CommonLabels.Values | join \"-\" }} {{ .CommonLabels.Names.Join \"+\" }} ~ Down-critical alertname+severity",
        "{{ (index .Alerts 0).Labels.instance }} {{ (index .Alerts 0).Labels.missing }}. ~ db0 .",
        "{{ (index .Alerts.Firing 0).StartsAt.Format \"2006-01-02 15:04:05\" }} ~ 2026-03-01 11:58:00",
        "{{ title \"fOO bar\" }} {{ toUpper \"é\" }} {{ trimSpace \" x \" }} ~ Foo Bar É x",
        "{{ match \"^D.wn$\" .GroupLabels.alertname }} {{ reReplaceAll \"o(.)\" \"0$1$1\" \"down\" }} ~ true d0wwn",
        "{{ (tz \"Asia/Shanghai\" (index .Alerts 0).StartsAt).Format \"15:04\" }} {{ date \"Jan 2\" now }} ~ 19:58 Mar 1",
        "{{ humanizeDuration 3661 }} {{ since (index .Alerts 0).StartsAt | humanizeDuration }} ~ 1h 1m 1s 1m 59s",
        "{{ toJson .GroupLabels }} {{ base64encode \"a?>\" }} ~ {\"alertname\":\"Down\"} YT8-",
        "{{ stringSlice \"a\" \"b\" | join \",\" }} {{ (dict \"k\" 1).k }} {{ len (append (list 1 2) 3) }} ~ a,b 1 3",
        "{{ .RouteLabels.tier }} {{ (routeLabels).tier }} {{ urlUnescape \"a%20b\" }} ~ 1 1 a b",
        "{{ template \"__subject\" . }} ~ [FIRING:1] Down (critical)",
      })
  void templatesSeeTheNotification(String template, String expected) throws RenderException {
    assertThat(TEMPLATES.text(template, BOTH)).isEqualTo(expected.strip());
  }

  @Test
  void everyDefaultTemplateExecutes() throws RenderException {
    for (String name :
        java.util.List.of(
            "slack.default.title",
            "slack.default.fallback",
            "pagerduty.default.description",
            "opsgenie.default.description",
            "wechat.default.message",
            "victorops.default.state_message",
            "pushover.default.message",
            "sns.default.message",
            "telegram.default.message",
            "discord.default.message",
            "webex.default.message",
            "msteams.default.text",
            "msteamsv2.default.text",
            "jira.default.description",
            "rocketchat.default.title",
            "mattermost.default.text",
            "email.default.subject")) {
      assertThat(TEMPLATES.text("{{ template \"" + name + "\" . }}", BOTH))
          .as(name)
          .containsAnyOf("Down", "db1");
    }
  }

  @Test
  void htmlIsEscapedAndUsersOverrideByName() throws RenderException {
    String html = TEMPLATES.html("{{ template \"email.default.html\" . }}", BOTH);
    assertThat(html)
        .contains("主库 &lt;down&gt; &amp; out")
        .contains("1 firing")
        .contains("1 resolved");
    Templates own =
        Templates.of(Map.of("own.tmpl", "{{ define \"__subject\" }}mine: {{ .Status }}{{ end }}"));
    assertThat(own.text("{{ template \"email.default.subject\" . }}", BOTH))
        .isEqualTo("mine: firing");
  }

  @Test
  void whatIsSentAloneIsMarkedAndKeepsItsKeys() throws Exception {
    NotificationRenderer led =
        new NotificationRenderer(TEMPLATES, "http://am.example", "c.example");
    String mail = "email_configs: [{to: 'a@example.org', headers: {Subject: 'S'}}]";
    String hook = "webhook_configs: [{url: 'http://x/'}]";
    String calm = Fixtures.rendered(led, hook);
    String alone = Fixtures.rendered(led.alone("n2"), hook);
    assertThat(calm).doesNotContain("degraded");
    assertThat(alone).contains("\"degraded\":\"true\"", "\"degraded_by\":\"n2\"");
    for (String kept :
        java.util.List.of("\"groupKey\":\"", "\"groupLabels\":", "\"fingerprint\":")) {
      assertThat(value(alone, kept)).isEqualTo(value(calm, kept)).isNotEmpty();
    }
    String calmMail = Fixtures.rendered(led, mail);
    String aloneMail = Fixtures.rendered(led.alone("n2"), mail);
    assertThat(header(calmMail, "Subject: ")).isEqualTo("S");
    assertThat(header(aloneMail, "Subject: ")).isEqualTo("[DEGRADED] S");
    assertThat(header(aloneMail, "Message-ID: ")).isEqualTo(header(calmMail, "Message-ID: "));
  }

  private static String value(String json, String key) {
    int at = json.indexOf(key) + key.length();
    return json.substring(at, json.indexOf(",", at));
  }

  private static String header(String mail, String name) {
    return mail.lines()
        .filter(line -> line.regionMatches(true, 0, name, 0, name.length()))
        .map(line -> line.substring(name.length()))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + name + "in\n" + mail));
  }
}
