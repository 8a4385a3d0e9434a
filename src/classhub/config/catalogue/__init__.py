"""The classes whose traits hub.config may set, for each chart version that we know."""
