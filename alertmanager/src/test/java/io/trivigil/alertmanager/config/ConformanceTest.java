package io.trivigil.alertmanager.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.config.ConfigException;
import io.trivigil.model.Labels;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// Upstream's own sample files, and what upstream says of them.
class ConformanceTest {
  private static final Path FOLDER = Path.of("/etc/alertmanager");

  private static String resource(String name) throws IOException {
    try (InputStream in = ConformanceTest.class.getResourceAsStream("/" + name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static AlertmanagerConfig parse(String name) throws IOException, ConfigException {
    return AlertmanagerConfig.parse(name, resource(name), FOLDER);
  }

  private static String outcome(String name) throws IOException {
    try {
      parse("conformance/config/" + name);
      return "OK";
    } catch (ConfigException e) {
      return String.valueOf(e.getMessage());
    }
  }

  @Test
  void filesLoadOrFailAsUpstream() throws IOException {
    List<String> wrong = new ArrayList<>();
    int checked = 0;
    for (String line : resource("conformance/config-expected.tsv").lines().toList()) {
      if (line.startsWith("#") || line.isBlank()) {
        continue;
      }
      String[] columns = line.split("\t", -1);
      String outcome = outcome(columns[0]);
      boolean ok = columns[1].equals("OK");
      // The type's name after "in type" is ours, and so are places.
      String text =
          ok ? "OK" : columns[2].replaceAll(".*line \\d+: ", "").replaceAll(" in type.*", "");
      if (ok ? !outcome.equals("OK") : !outcome.contains(text)) {
        wrong.add("%s: wanted %s, got %s".formatted(columns[0], text, outcome));
      }
      checked++;
    }
    assertThat(wrong).isEmpty();
    assertThat(checked).isEqualTo(46);
  }

  @Test
  void alertsFindTheirReceivers() throws IOException, ConfigException {
    AlertmanagerConfig config = parse("conformance/routing/conf.routing.yml");
    AlertmanagerConfig reverted = parse("conformance/routing/conf.routing-reverted.yml");
    assertThat(config.route().receiversFor(Labels.of("test", "1"))).containsExactly("test1");
    assertThat(config.route().receiversFor(Labels.of("test", "2")))
        .containsExactly("test1", "test2");
    assertThat(config.route().receiversFor(Labels.of("test", "volovina")))
        .containsExactly("default");
    assertThat(reverted.route().receiversFor(Labels.of("test", "2")))
        .containsExactly("test2", "test1");
  }

  @Test
  void badFilesOfTheRoutingTestsFail() throws IOException {
    for (String name : List.of("conf.bad.yml", "amtool.bad.yml")) {
      String text = resource("conformance/routing/" + name);
      assertThat(
              org.assertj.core.api.Assertions.catchThrowable(
                  () -> AlertmanagerConfig.parse(name, text, FOLDER)))
          .isInstanceOf(ConfigException.class);
    }
  }

  @Test
  void theOperatorsFileLoadsWithoutAWarning() throws IOException, ConfigException {
    AlertmanagerConfig config = parse("acceptance/alertmanager.yml");
    assertThat(config.warnings()).isEmpty();
    assertThat(config.route().receiversFor(Labels.of("severity", "critical")))
        .containsExactly("admin-urgent");
    var urgent = config.route().children().getFirst();
    assertThat(urgent.key()).isEqualTo("{}/{severity=\"critical\"}");
    assertThat(urgent.options().repeatInterval()).hasMinutes(15);
    assertThat(urgent.options().groupBy()).containsExactly("alertname", "severity");
    Integration.Email email =
        (Integration.Email) config.receiver("admin").integrations().getFirst();
    assertThat(email.host()).isEqualTo("smtp.qq.com");
    assertThat(email.port()).isEqualTo(587);
    assertThat(email.requireTls()).isTrue();
    assertThat(email.sendResolved()).isFalse();
    assertThat(email.headers()).containsEntry("Subject", "【志航密信】监控告警");
  }

  @Test
  void whatIsShownHasNoSecretsAndLoadsAgain() throws IOException, ConfigException {
    AlertmanagerConfig config = parse("conformance/config/conf.good.yml");
    assertThat(config.redacted()).contains("<secret>").doesNotContain("mysecret");
    AlertmanagerConfig again = AlertmanagerConfig.parse("shown", config.redacted(), FOLDER);
    assertThat(again.route().all().stream().map(Object::toString).toList())
        .isEqualTo(config.route().all().stream().map(Object::toString).toList());
    assertThat(again.receivers().keySet()).isEqualTo(config.receivers().keySet());
    assertThat(again.redacted()).isEqualTo(config.redacted());
  }

  @Test
  void webhooksShowTheirServerSoThatOldAmtoolReadsThem() throws ConfigException {
    String text =
        """
        route: {receiver: a}
        receivers:
          - name: a
            webhook_configs:
              - url: https://me:pw@hooks.example.org:8443/t/0ken?x=y
              - url: '{{ .ExternalURL }}/t0ken'
        """;
    String shown = AlertmanagerConfig.parse("a.yml", text, FOLDER).redacted();
    assertThat(shown)
        .contains("url: https://hooks.example.org:8443/<secret>\n", "url: <secret>\n")
        .doesNotContain("pw", "0ken");
  }

  @Test
  void whatIsNotSentYetIsSaidAtLoad() throws IOException, ConfigException {
    AlertmanagerConfig config = parse("conformance/config/conf.good.yml");
    assertThat(config.warnings().toString())
        .contains("pagerduty is read, but not sent yet")
        .contains("slack is read, but not sent yet");
  }
}
