package io.trivigil.node;

import io.trivigil.alertmanager.config.AlertmanagerConfig;
import io.trivigil.alertmanager.notify.Templates;
import io.trivigil.config.ConfigException;
import io.trivigil.config.Position;
import io.trivigil.config.Problem;
import io.trivigil.config.Problems;
import io.trivigil.config.version.ConfigBundle;
import io.trivigil.model.PromDuration;
import io.trivigil.rules.file.RuleFileReader;
import io.trivigil.rules.file.RuleGroup;
import io.trivigil.rules.query.Expressions;
import io.trivigil.scraper.config.ConfigFiles;
import io.trivigil.scraper.config.PrometheusConfig;
import io.trivigil.scraper.config.ScrapeConfig;
import io.trivigil.scraper.relabel.NameScheme;
import io.trivigil.template.TemplateException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Reads and checks a whole configuration from a source, and remembers all that was asked of it.
/// Thread-safe.
public final class ConfigLoader {
  /// The rules with which a cluster watches itself, where the source has them. A group of the same
  /// name in the operator's own files takes their place.
  public static final String BUILTIN_RULES = "builtin:trivigil.rules.yml";

  /// The job that they need; a job of the same name in the operator's own files takes its place.
  public static final String BUILTIN_JOB = "builtin:trivigil.scrape.yml";

  /// The members, as `file_sd` targets of that job.
  public static final String BUILTIN_MEMBERS = "builtin:members.json";

  private final Expressions expressions;

  public ConfigLoader(Expressions expressions) {
    this.expressions = expressions;
  }

  /// Reads everything.
  ///
  /// @throws ConfigException with all problems of all files
  public LoadedConfig load(
      ConfigBundle.Source source, String prometheusFile, Optional<String> alertmanagerFile)
      throws ConfigException {
    ConfigBundle.Recorder recorder = new ConfigBundle.Recorder(source);
    Problems problems = new Problems();
    try {
      // Asked of the source itself: only what is there is remembered.
      boolean builtin = source.file(BUILTIN_RULES).isPresent();
      return load(recorder, prometheusFile, alertmanagerFile, builtin, problems);
    } catch (UncheckedIOException e) {
      problems.add(Position.of(prometheusFile), String.valueOf(e.getMessage()));
      problems.throwIfAny();
      throw e;
    }
  }

  /// Reads a bundle that was read somewhere before.
  public LoadedConfig load(ConfigBundle bundle) throws ConfigException {
    Optional<String> alertmanager =
        Optional.of(bundle.alertmanagerFile()).filter(file -> !file.isEmpty());
    return load(bundle.asSource(), bundle.prometheusFile(), alertmanager);
  }

  private LoadedConfig load(
      ConfigBundle.Recorder recorder,
      String prometheusFile,
      Optional<String> alertmanagerFile,
      boolean builtin,
      Problems problems)
      throws ConfigException {
    PrometheusConfig prometheus =
        PrometheusConfig.load(prometheusFile, files(recorder), variables(recorder));
    if (builtin) {
      prometheus = withBuiltinJob(recorder, prometheus);
    }
    List<Problem> warnings = new ArrayList<>(prometheus.warnings());
    List<RuleGroup> groups = rules(recorder, prometheus, builtin, problems);
    Optional<AlertmanagerConfig> alertmanager = Optional.empty();
    SortedMap<String, String> templates = new TreeMap<>();
    if (alertmanagerFile.isPresent()) {
      AlertmanagerConfig read = alertmanager(recorder, alertmanagerFile.get());
      warnings.addAll(read.warnings());
      Path folder = folder(alertmanagerFile.get());
      for (String pattern : read.templates()) {
        for (String file : recorder.glob(resolve(folder, pattern))) {
          templates.put(file, recorder.file(file).orElse(""));
        }
      }
      try {
        Templates.of(templates);
      } catch (TemplateException e) {
        problems.add(Position.of(alertmanagerFile.get()), "templates: " + e.getMessage());
      }
      alertmanager = Optional.of(read);
    }
    problems.throwIfAny();
    warnings.addAll(problems.warnings());
    return new LoadedConfig(
        0,
        recorder.bundle(prometheusFile, alertmanagerFile.orElse("")),
        prometheus,
        recorder.file(prometheusFile).orElse(""),
        groups,
        alertmanager,
        templates,
        warnings);
  }

  private static PrometheusConfig withBuiltinJob(
      ConfigBundle.Recorder recorder, PrometheusConfig own) throws ConfigException {
    // As often as everything else is scraped.
    String text =
        "global: {scrape_interval: %s, scrape_timeout: %s}%n%s"
            .formatted(
                PromDuration.format(own.global().scrapeInterval()),
                PromDuration.format(own.global().scrapeTimeout()),
                recorder.file(BUILTIN_JOB).orElse(""));
    ConfigFiles only =
        new ConfigFiles() {
          @Override
          public Optional<String> read(String path) {
            return Optional.of(text);
          }

          @Override
          public List<String> glob(String pattern) {
            return List.of(pattern);
          }
        };
    List<ScrapeConfig> jobs = new ArrayList<>(own.jobs());
    for (ScrapeConfig job : PrometheusConfig.load(BUILTIN_JOB, only, Map.of()).jobs()) {
      if (own.job(job.jobName()).isEmpty()) {
        jobs.add(job);
      }
    }
    return own.withJobs(jobs);
  }

  private List<RuleGroup> rules(
      ConfigBundle.Recorder recorder,
      PrometheusConfig prometheus,
      boolean builtin,
      Problems problems) {
    RuleFileReader reader =
        new RuleFileReader(
            expressions,
            new RuleFileReader.Defaults(
                prometheus.global().evaluationInterval().toMillis(),
                prometheus.global().ruleQueryOffset().toMillis(),
                prometheus.global().nameScheme() == NameScheme.UTF8));
    List<RuleGroup> groups = new ArrayList<>();
    for (String pattern : prometheus.ruleFiles()) {
      for (String file : recorder.glob(pattern)) {
        groups.addAll(reader.read(file, recorder.file(file).orElse(""), problems));
      }
    }
    if (builtin) {
      String text = recorder.file(BUILTIN_RULES).orElse("");
      for (RuleGroup group : reader.read(BUILTIN_RULES, text, problems)) {
        if (groups.stream().noneMatch(own -> own.key().name().equals(group.key().name()))) {
          groups.add(group);
        }
      }
    }
    return groups;
  }

  private static AlertmanagerConfig alertmanager(ConfigBundle.Recorder recorder, String file)
      throws ConfigException {
    Optional<String> text = recorder.file(file);
    if (text.isEmpty()) {
      Problems problems = new Problems();
      problems.add(Position.of(file), "no such file");
      problems.throwIfAny();
    }
    return AlertmanagerConfig.parse(file, text.orElse(""), folder(file));
  }

  private static Path folder(String file) {
    Path parent = Path.of(file).getParent();
    return parent == null ? Path.of("") : parent;
  }

  private static String resolve(Path folder, String path) {
    return folder.resolve(path).toString();
  }

  /// A source as the scraper wants its files.
  static ConfigFiles files(ConfigBundle.Source source) {
    return new ConfigFiles() {
      @Override
      public Optional<String> read(String path) {
        return source.file(path);
      }

      @Override
      public List<String> glob(String pattern) {
        return source.glob(pattern);
      }
    };
  }

  /// The environment as a map that asks the source for one variable at a time, so that only what
  /// was used is remembered.
  private static Map<String, String> variables(ConfigBundle.Source source) {
    return new AbstractMap<>() {
      @Override
      public @Nullable String get(Object name) {
        return source.variable(String.valueOf(name)).orElse(null);
      }

      @Override
      public boolean containsKey(Object name) {
        return get(name) != null;
      }

      @Override
      public Set<Entry<String, String>> entrySet() {
        return Set.of();
      }
    };
  }
}
