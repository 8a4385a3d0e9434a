// Hears what the server has to say of course material, while somebody sees this tab or has typed what is not saved.
const CALM_MS = 500;
const RARER_MS = 15000;
const RAREST_MS = 300000;
const TRIES = 'times in which the mirror did not answer';

export class Watch {
  constructor(server, documents, say) {
    this.server = server;
    this.documents = documents;
    this.say = say;
    this.now = { number: -1, courses: [], away: '', listed: false };
    this.listeners = [];
    this.failures = 0;
    this.timer = 0;
    this.isLooking = false;
    this.waitsUntil = 0;
    this.shown = {};
    this.seenAs = `classhub-material-told ${server.settings.baseUrl}`;
  }

  start() {
    document.addEventListener('visibilitychange', () => this.again(0));
    this.again(0);
  }

  onChange(listener) {
    this.listeners.push(listener);
  }

  // "Get new material": what is found is shown as soon as it is there, and so is that nothing was.
  async get() {
    this.waitsUntil = Date.now() + 60000;
    this.before = looksOf(this.now);
    await this.server.look();
    this.again(0);
  }

  again(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), pause);
  }

  // The server answers a look when it has news, so that the next one may follow at once.
  async look() {
    if (this.isLooking) {
      return;
    }
    if (document.visibilityState !== 'visible' && !this.documents.hasUnsaved()) {
      this.again(RARER_MS);
      return;
    }
    let pause = CALM_MS;
    this.isLooking = true;
    try {
      const now = await this.server.status(this.now.number);
      this.failures = 0;
      await this.take(now);
    } catch (error) {
      if (error.status === 404) {
        return; // a server without course material
      }
      this.failures += 1;
      pause = Math.min(RAREST_MS, RARER_MS * 2 ** Math.min(this.failures, 5));
    } finally {
      this.isLooking = false;
    }
    this.again(pause);
  }

  async take(now) {
    const isOther = now.number !== this.now.number;
    this.now = now;
    if (isOther) {
      this.listeners.forEach(listener => listener(now));
    }
    const isRunning = now.courses.some(course => course.running);
    const fresh = now.courses.filter(course => course.news && !course.running && !this.wasTold(course));
    for (const course of fresh) {
      this.remember(course);
      this.tell(course);
    }
    for (const course of now.courses) {
      if (course.news && !course.running && this.shown[course.name] !== course.news.id) {
        this.shown[course.name] = course.news.id; // each tab has its own files
        await this.documents.refresh(course);
      }
    }
    if (this.waitsUntil && !isRunning) {
      this.answer(now, fresh.length > 0);
    }
  }

  // A look that was asked for is over when a result is newer than the question.
  answer(now, hasTold) {
    const looks = looksOf(now);
    const isOver = looks[TRIES] !== this.before[TRIES] || now.courses.every(one => looks[one.name] !== this.before[one.name]);
    if (hasTold || isOver || Date.now() > this.waitsUntil) {
      this.waitsUntil = 0;
      if (!hasTold) {
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

function looksOf(now) {
  return Object.fromEntries([[TRIES, now.tries], ...now.courses.map(course => [course.name, course.looks])]);
}
