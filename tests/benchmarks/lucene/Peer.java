import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.TokenFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.util.CharTokenizer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.Term;
import org.apache.lucene.monitor.CustomQueryHandler;
import org.apache.lucene.monitor.MatchingQueries;
import org.apache.lucene.monitor.Monitor;
import org.apache.lucene.monitor.MonitorQuery;
import org.apache.lucene.monitor.MultipassTermFilteredPresearcher;
import org.apache.lucene.monitor.Presearcher;
import org.apache.lucene.monitor.QueryMatch;
import org.apache.lucene.monitor.QueryTree;
import org.apache.lucene.monitor.TermFilteredPresearcher;
import org.apache.lucene.monitor.TermWeightor;
import org.apache.lucene.queries.intervals.IntervalQuery;
import org.apache.lucene.queries.intervals.Intervals;
import org.apache.lucene.queries.intervals.IntervalsSource;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.util.BytesRef;

/**
 * Lucene Monitor as a user would set it up, for comparison with Northwire.
 *
 * <p>Arguments: the presearcher, "term" or "multipass"; a file of queries; files of articles, each a collection; all
 * with one JSON object a line. The first line of the answer is how long it took to get ready, in seconds of the
 * processor, and the bytes of heap that this needs. Then standard input says what to do: "run C S" matches the
 * articles of collection C in turn for about S seconds, and answers with the characters matched and the seconds taken;
 * "verdicts C" answers with the number of articles, and for each a line with the ids of the queries that match.
 */
final class Peer {
  private static final List<String> ANYWHERE = List.of("title", "body");
  private static final int LEDE_LENGTH = 600;
  private static final int MOST_CLAUSES = 1 << 16; // nested NEARs multiply: each OR in them is pulled up
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Set<String> fields = new TreeSet<>(ANYWHERE);
  private final List<List<Article>> collections = new ArrayList<>();
  private final Monitor monitor;

  private Peer(Presearcher presearcher, String queries) throws IOException {
    monitor = new Monitor(new Words(), presearcher);
    Translation translation = new Translation(fields);
    List<MonitorQuery> translated = new ArrayList<>();
    for (JsonNode query : read(queries)) {
      translated.add(new MonitorQuery(query.get("id").asText(), translation.query(query.get("query"), ANYWHERE)));
    }
    monitor.register(translated);
  }

  public static void main(String[] arguments) {
    try {
      serve(arguments);
      System.exit(0); // the monitor keeps a thread of its own
    } catch (IOException | RuntimeException problem) {
      problem.printStackTrace();
      System.exit(1);
    }
  }

  private static void serve(String[] arguments) throws IOException {
    IndexSearcher.setMaxClauseCount(MOST_CLAUSES);
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    long before = heap();
    double started = processorSeconds();
    Peer peer = new Peer(presearcher(arguments[0]), arguments[1]);
    double seconds = processorSeconds() - started;
    out.println(seconds + " " + (heap() - before));
    for (String file : List.of(arguments).subList(2, arguments.length)) {
      peer.collections.add(peer.articles(file));
    }
    int[] next = new int[peer.collections.size()];
    BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String order = orders.readLine(); order != null; order = orders.readLine()) {
      String[] words = order.split(" ");
      int number = Integer.parseInt(words[1]);
      List<Article> articles = peer.collections.get(number);
      if (words[0].equals("verdicts")) {
        out.println(articles.size());
        for (Article article : articles) {
          out.println(String.join(" ", peer.matching(article)));
        }
        continue;
      }
      double limit = Double.parseDouble(words[2]);
      double spent = 0;
      long characters = 0;
      started = processorSeconds();
      while (spent < limit) {
        Article article = articles.get(next[number]);
        peer.matching(article);
        characters += article.characters;
        next[number] = (next[number] + 1) % articles.size();
        spent = processorSeconds() - started;
      }
      out.println(characters + " " + spent);
    }
  }

  private static Presearcher presearcher(String name) {
    return name.equals("multipass")
        ? new MultipassTermFilteredPresearcher(2, 0f, TermWeightor.DEFAULT, List.of(new Prefixes()), Set.of())
        : new TermFilteredPresearcher(TermWeightor.DEFAULT, List.of(new Prefixes()), Set.of());
  }

  private List<String> matching(Article article) throws IOException {
    MatchingQueries<QueryMatch> found = monitor.match(article.document, QueryMatch.SIMPLE_MATCHER);
    if (!found.getErrors().isEmpty()) {
      throw new IOException(found.getErrors().toString());
    }
    List<String> ids = new ArrayList<>();
    for (QueryMatch match : found.getMatches()) {
      ids.add(match.getQueryId());
    }
    return ids;
  }

  /** Only the fields that some query asks for: what nobody needs costs nothing. */
  private List<Article> articles(String file) throws IOException {
    List<Article> articles = new ArrayList<>();
    for (JsonNode json : read(file)) {
      Article article = new Article();
      String title = json.get("title").asText();
      String body = json.get("body").asText();
      String lede = lede(body);
      for (String field : fields) {
        String text = field.startsWith("title") ? title : field.startsWith("lede") ? lede : body;
        article.document.add(new TextField(field, text, Field.Store.NO));
      }
      article.characters = title.length() + body.length();
      articles.add(article);
    }
    return articles;
  }

  /** So many characters, less a word of which only the beginning stands in them. */
  private static String lede(String body) {
    if (body.codePointCount(0, body.length()) <= LEDE_LENGTH) {
      return body;
    }
    int end = body.offsetByCodePoints(0, LEDE_LENGTH);
    if (Words.belongs(body.codePointAt(end))) {
      while (end > 0 && Words.belongs(body.codePointBefore(end))) {
        end -= Character.charCount(body.codePointBefore(end));
      }
    }
    return body.substring(0, end);
  }

  private static List<JsonNode> read(String file) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of(file))) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }

  /** Of this thread: neither the compiler's nor the collector's. */
  private static double processorSeconds() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() / 1e9;
  }

  private static long heap() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private static final class Article {
    final Document document = new Document();
    int characters;
  }

  /** Words are runs of letters, digits and the marks on them, in lower case but in fields for exact spelling. */
  static final class Words extends Analyzer {
    static final String EXACT = "_exact";

    Words() {
      super(PER_FIELD_REUSE_STRATEGY);
    }

    @Override
    protected TokenStreamComponents createComponents(String field) {
      Tokenizer words = CharTokenizer.fromTokenCharPredicate(Words::belongs);
      return field.endsWith(EXACT)
          ? new TokenStreamComponents(words)
          : new TokenStreamComponents(words, new LowerCaseFilter(words));
    }

    static boolean belongs(int character) {
      if (Character.isLetterOrDigit(character)) {
        return true;
      }
      int type = Character.getType(character);
      return type == Character.LETTER_NUMBER
          || type == Character.OTHER_NUMBER
          || type == Character.NON_SPACING_MARK
          || type == Character.COMBINING_SPACING_MARK
          || type == Character.ENCLOSING_MARK;
    }
  }

  /** Northwire's queries as Lucene's; notes the fields they ask for. */
  static final class Translation {
    private static final Words WORDS = new Words();
    private static final int MOST_EXPANSIONS = 1024;
    private final Set<String> fields;

    Translation(Set<String> fields) {
      this.fields = fields;
    }

    Query query(JsonNode node, List<String> within) {
      switch (node.get("kind").asText()) {
        case "phrase":
          return any(within, field -> phrase(node, field));
        case "any":
          return any(node.get("parts"), part -> query(part, within));
        case "all":
          return all(node.get("parts"), part -> query(part, within));
        case "without":
          return new BooleanQuery.Builder()
              .add(query(node.get("wanted"), within), Occur.MUST)
              .add(query(node.get("unwanted"), within), Occur.MUST_NOT)
              .build();
        case "within":
          return query(node.get("part"), narrowed(node, within));
        case "near":
          return any(within, field -> new IntervalQuery(field, intervals(node, field)));
        case "atleast":
          return atLeast(node.get("times").asInt(), node.get("part"), within);
        default:
          throw new IllegalArgumentException(node.toString());
      }
    }

    /** So many here and the rest there, however they are spread over the fields. */
    private Query atLeast(int times, JsonNode part, List<String> within) {
      if (within.size() == 1) {
        return repeated(times, part, within.get(0));
      }
      BooleanQuery.Builder query = new BooleanQuery.Builder();
      query.add(repeated(times, part, within.get(0)), Occur.SHOULD);
      query.add(repeated(times, part, within.get(1)), Occur.SHOULD);
      for (int here = 1; here < times; here++) {
        BooleanQuery.Builder spread = new BooleanQuery.Builder();
        spread.add(repeated(here, part, within.get(0)), Occur.MUST);
        spread.add(repeated(times - here, part, within.get(1)), Occur.MUST);
        query.add(spread.build(), Occur.SHOULD);
      }
      return query.build();
    }

    private Query repeated(int times, JsonNode part, String field) {
      // Extended by nothing every second one is no repetition of the last to Lucene, which lets repetitions overlap.
      IntervalsSource[] sources = new IntervalsSource[times];
      for (int number = 0; number < times; number++) {
        IntervalsSource source = intervals(part, field);
        sources[number] = number % 2 == 0 ? source : Intervals.extend(source, 0, 0);
      }
      return new IntervalQuery(field, times == 1 ? sources[0] : Intervals.ordered(sources));
    }

    private Query phrase(JsonNode node, String field) {
      String asked = spelled(node, field);
      List<String> words = words(node.get("words").asText(), asked);
      if (node.get("prefix").asBoolean()) {
        return words.size() == 1
            ? new PrefixQuery(new Term(asked, words.get(0)))
            : new IntervalQuery(asked, intervals(node, asked));
      }
      return words.size() == 1
          ? new TermQuery(new Term(asked, words.get(0)))
          : new PhraseQuery(asked, words.toArray(new String[0]));
    }

    private IntervalsSource intervals(JsonNode node, String field) {
      switch (node.get("kind").asText()) {
        case "phrase":
          String asked = spelled(node, field);
          List<IntervalsSource> words = new ArrayList<>();
          List<String> spellings = words(node.get("words").asText(), asked);
          for (String word : spellings) {
            boolean prefix = node.get("prefix").asBoolean() && words.size() == spellings.size() - 1;
            words.add(prefix ? Intervals.prefix(new BytesRef(word), MOST_EXPANSIONS) : Intervals.term(word));
          }
          IntervalsSource phrase = Intervals.phrase(words.toArray(new IntervalsSource[0]));
          return asked.equals(field) ? phrase : Intervals.fixField(asked, phrase);
        case "any":
          List<IntervalsSource> parts = new ArrayList<>();
          node.get("parts").forEach(part -> parts.add(intervals(part, field)));
          return Intervals.or(parts);
        case "near":
          IntervalsSource left = intervals(node.get("left"), field);
          IntervalsSource right = intervals(node.get("right"), field);
          int gaps = node.get("steps").asInt() - 1;
          IntervalsSource inOrder = Intervals.maxgaps(gaps, Intervals.ordered(left, right));
          return node.get("ordered").asBoolean()
              ? inOrder
              : Intervals.or(inOrder, Intervals.maxgaps(gaps, Intervals.ordered(right, left)));
        case "within":
          List<String> fields = narrowed(node, List.of(field));
          return fields.isEmpty()
              ? Intervals.noIntervals("not in this field")
              : at(fields.get(0), field, node.get("part"));
        default:
          throw new IllegalArgumentException(node.toString());
      }
    }

    private IntervalsSource at(String asked, String field, JsonNode part) {
      IntervalsSource source = intervals(part, asked);
      fields.add(asked);
      return asked.equals(field) ? source : Intervals.fixField(asked, source);
    }

    private String spelled(JsonNode phrase, String field) {
      String asked = phrase.get("exact").asBoolean() && !field.endsWith(Words.EXACT) ? field + Words.EXACT : field;
      fields.add(asked);
      return asked;
    }

    private static List<String> narrowed(JsonNode node, List<String> within) {
      List<String> narrowed = new ArrayList<>();
      for (String field : within) {
        if (node.get("field").asText().equals("title") == field.equals("title")) {
          narrowed.add(field.equals("title") ? field : "lede");
        }
      }
      return narrowed;
    }

    private static List<String> words(String text, String field) {
      List<String> words = new ArrayList<>();
      try (TokenStream tokens = WORDS.tokenStream(field, text)) {
        CharTermAttribute word = tokens.addAttribute(CharTermAttribute.class);
        tokens.reset();
        while (tokens.incrementToken()) {
          words.add(word.toString());
        }
        tokens.end();
      } catch (IOException impossible) {
        throw new IllegalStateException(impossible);
      }
      return words;
    }

    private static <T> Query any(Iterable<T> parts, Function<T, Query> translate) {
      BooleanQuery.Builder query = new BooleanQuery.Builder();
      List<Query> translated = new ArrayList<>();
      parts.forEach(part -> translated.add(translate.apply(part)));
      translated.forEach(part -> query.add(part, Occur.SHOULD));
      return translated.isEmpty()
          ? new MatchNoDocsQuery()
          : translated.size() == 1 ? translated.get(0) : query.build();
    }

    private static <T> Query all(Iterable<T> parts, Function<T, Query> translate) {
      BooleanQuery.Builder query = new BooleanQuery.Builder();
      parts.forEach(part -> query.add(translate.apply(part), Occur.MUST));
      return query.build();
    }
  }

  /**
   * Lets the presearcher find queries of a prefix by its first characters. Without it, every such query is tried on
   * every article.
   */
  static final class Prefixes implements CustomQueryHandler {
    private static final int SHORT = 3;
    private static final int LONG = 5;

    @Override
    public QueryTree handleQuery(Query query, TermWeightor weightor) {
      String written = query.toString();
      boolean isPrefix = query instanceof PrefixQuery;
      if (!isPrefix && !(query instanceof IntervalQuery && written.contains("MultiTerm("))) {
        return null;
      }
      String field = written.substring(0, written.indexOf(':'));
      int start = isPrefix ? field.length() + 1 : written.indexOf("MultiTerm(") + "MultiTerm(".length();
      Term key = new Term(field, key(written.substring(start, written.indexOf('*', start))));
      return QueryTree.term(key, weightor);
    }

    private static String key(String prefix) {
      int length = prefix.length() >= LONG ? LONG : Math.min(SHORT, prefix.length());
      return prefix.substring(0, length) + "*";
    }

    @Override
    public TokenStream wrapTermStream(String field, TokenStream terms) {
      return new Keys(terms);
    }

    /** Every term and, once, the keys of those that begin alike: terms come sorted. */
    private static final class Keys extends TokenFilter {
      private final CharTermAttribute term = addAttribute(CharTermAttribute.class);
      private final List<String> pending = new ArrayList<>();
      private final String[] last = {"", ""};

      Keys(TokenStream terms) {
        super(terms);
      }

      @Override
      public boolean incrementToken() throws IOException {
        if (!pending.isEmpty()) {
          term.setEmpty().append(pending.remove(pending.size() - 1));
          return true;
        }
        if (!input.incrementToken()) {
          return false;
        }
        note(0, SHORT);
        note(1, LONG);
        return true;
      }

      private void note(int place, int length) {
        if (term.length() >= length && !(last[place].length() > 0 && term.toString().startsWith(last[place]))) {
          last[place] = term.toString().substring(0, length);
          pending.add(last[place] + "*");
        }
      }
    }
  }
}
