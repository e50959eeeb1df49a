package io.trivigil.config.version;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ConfigDifferenceTest {
  private static ConfigBundle bundle(Map<String, String> files, String variable) {
    TreeMap<String, Optional<String>> texts = new TreeMap<>();
    files.forEach((name, text) -> texts.put(name, Optional.of(text)));
    return new ConfigBundle(
        "prometheus.yml",
        "alertmanager.yml",
        texts,
        new TreeMap<>(),
        new TreeMap<>(Map.of("PLACE", Optional.of(variable))));
  }

  @Test
  void filesAreComparedLineByLineWithoutTheirSecrets() {
    ConfigBundle before =
        bundle(
            Map.of(
                "prometheus.yml", "a: 1\nb: 2\n",
                "alertmanager.yml", "global: {smtp_auth_password: hidden1}\n",
                "gone.yml", "x: 1\n"),
            "here");
    ConfigBundle after =
        bundle(
            Map.of(
                "prometheus.yml", "a: 1\nb: 3\n",
                "alertmanager.yml", "global: {smtp_auth_password: hidden2}\n",
                "mail.tmpl", "{{ define \"x\" }}\n"),
            "hidden3");
    ConfigDifference difference = ConfigDifference.between(before, after);
    assertThat(difference.toString()).doesNotContain("hidden");
    assertThat(difference.names())
        .containsExactly("alertmanager.yml", "gone.yml", "mail.tmpl", "prometheus.yml", "$PLACE");
    assertThat(ConfigDifference.names(before, after)).isEqualTo(difference.names());
    assertThat(difference.files().getFirst())
        .isEqualTo(new ConfigDifference.File("alertmanager.yml", List.of(), true));
    assertThat(difference.files().getLast().unified())
        .contains("--- prometheus.yml", "+++ prometheus.yml", "-b: 2", "+b: 3", " a: 1");
    assertThat(difference.files().get(1).unified()).contains("+++ /dev/null", "-x: 1");
    assertThat(ConfigDifference.between(before, before).isEmpty()).isTrue();
    assertThat(ConfigDifference.shown(before)).containsEntry("gone.yml", "x: 1\n");
  }
}
