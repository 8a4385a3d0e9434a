// Looks now and then at what the server says of course material, while somebody sees this tab.
const CALM_MS = 15000;
const BUSY_MS = 1000;
const RAREST_MS = 300000;

export class Watch {
  constructor(server, documents, say) {
    this.server = server;
    this.documents = documents;
    this.say = say;
    this.now = { courses: [], away: '', listed: false };
    this.listeners = [];
    this.failures = 0;
    this.timer = 0;
    this.waitsUntil = 0;
    this.seenAs = `classhub-material-told ${server.settings.baseUrl}`;
  }

  start() {
    document.addEventListener('visibilitychange', () => this.again(0));
    this.again(0);
  }

  onChange(listener) {
    this.listeners.push(listener);
  }

  // "Get new material": what is found is shown as soon as it is there.
  async get() {
    this.waitsUntil = Date.now() + 60000;
    await this.server.look();
    this.again(300);
  }

  again(pause) {
    clearTimeout(this.timer);
    if (document.visibilityState === 'visible') {
      this.timer = setTimeout(() => this.look(), pause);
    }
  }

  async look() {
    let pause = CALM_MS;
    try {
      const now = await this.server.status();
      this.failures = 0;
      await this.take(now);
      pause = now.courses.some(course => course.running) || !(now.listed || now.away) ? BUSY_MS : CALM_MS;
    } catch (error) {
      if (error.status === 404) {
        return; // a server without course material
      }
      this.failures += 1;
      pause = Math.min(RAREST_MS, CALM_MS * 2 ** Math.min(this.failures, 5));
    }
    this.again(pause);
  }

  async take(now) {
    this.now = now;
    this.listeners.forEach(listener => listener(now));
    const fresh = now.courses.filter(course => course.news && !course.running && !this.wasTold(course));
    for (const course of fresh) {
      this.remember(course);
      this.tell(course);
      await this.documents.refresh(course);
    }
    if (this.waitsUntil > Date.now() && now.listed && !now.courses.some(course => course.running)) {
      this.waitsUntil = 0;
      if (!fresh.length) {
        this.sayNothingNew(now);
      }
    }
  }

  sayNothingNew(now) {
    const words = now.away || now.courses.map(course => `${course.title}: ${course.short}`).join('; ');
    this.say(words || 'No course is handed out to you here.', now.away ? 'warning' : 'info', 5000);
  }

  tell(course) {
    const needsEyes = course.news.put || course.news.items.some(item => item.action === 'blocked');
    this.say(`${course.title}: ${course.news.message}`, needsEyes ? 'warning' : 'success', needsEyes ? false : 8000);
  }

  // Another tab, or this one before a reload, may have told it.
  wasTold(course) {
    return this.told()[course.name] === course.news.id;
  }

  remember(course) {
    const told = { ...this.told(), [course.name]: course.news.id };
    this.memory = told;
    try {
      window.localStorage.setItem(this.seenAs, JSON.stringify(told));
    } catch (error) {
      // a browser that keeps nothing tells it once more after a reload
    }
  }

  told() {
    try {
      return JSON.parse(window.localStorage.getItem(this.seenAs)) || this.memory || {};
    } catch (error) {
      return this.memory || {};
    }
  }
}
